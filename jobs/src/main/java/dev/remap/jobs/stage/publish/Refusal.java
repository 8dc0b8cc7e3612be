package dev.remap.jobs.stage.publish;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.RefusedException;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.publication.VerdictCheck.Outcome;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Says in three lines why a generation is not published, what else was found, and what is next.
 *
 * @param live number of the generation that stays live
 */
record Refusal(JobContext context, Generation candidate, Optional<Integer> live) {
  /** Three lines about a verdict with failed checks. */
  JobFailedException of(Verdict verdict) {
    List<VerdictCheck> failed = verdict.with(Outcome.FAILED);
    List<VerdictCheck> others = new ArrayList<>(verdict.checks());
    others.removeAll(failed);
    String stays =
        live.map(number -> "generation " + number + " stays live").orElse("nothing is live");
    return new RefusedException(
        candidate.index(),
        candidate.number(),
        "Generation %d of '%s' is not published, %s: %s\n  found besides: %s\n  look at: %s",
        candidate.number(),
        candidate.index(),
        stays,
        texts(failed),
        texts(others),
        String.join("; ", advice(failed.stream().map(VerdictCheck::name).toList())));
  }

  /** What several checks have to say is said once. */
  private static String texts(List<VerdictCheck> checks) {
    Map<String, List<String>> names = new LinkedHashMap<>();
    checks.forEach(
        check -> names.computeIfAbsent(check.text(), text -> new ArrayList<>()).add(check.name()));
    return names.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
        .collect(Collectors.joining("; "));
  }

  private List<String> advice(List<String> failed) {
    List<String> advice = new ArrayList<>();
    if (failed.contains(Gate.REJECTS)) {
      advice.add(quoted(line("status").with("--rejects")) + ", or raise publish.max-reject-ratio");
    }
    if (failed.contains(Gate.SELF_RETRIEVAL)) {
      advice.add("quantizer.spec (are the codes too short?) and search.nprobe");
    }
    if (failed.contains(CopiesRegression.NAME)) {
      advice.add(evaluate("--copies", "100"));
    }
    if (failed.contains(GroupsRegression.NAME)) {
      advice.add(evaluate("--groups", context.settings().string("publish.groups")));
    }
    if (failed.contains(CopiesRegression.NAME) || failed.contains(GroupsRegression.NAME)) {
      advice.add(
          quoted(line("reindex").with("--retrain"))
              + " if the catalogue is not what whitening and quantizer were trained on");
    }
    advice.add("or publish it all the same with --force");
    return advice;
  }

  private String evaluate(String by, String value) {
    CommandText line = line("evaluate").with(by, value);
    return quoted(line.with("--generation", candidate.number()))
        + live.map(number -> " and the same with --generation " + number).orElse("");
  }

  private CommandText line(String command) {
    return context.line(command, candidate.index());
  }

  private static String quoted(CommandText line) {
    return "`" + line + "`";
  }
}
