package dev.remap.jobs.job;

import dev.remap.jobs.store.Verdict;
import dev.remap.jobs.store.VerdictCheck;
import dev.remap.jobs.store.VerdictCheck.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says in three lines why a generation is not published, what else was found, and what is next. */
final class Refusal {
  private Refusal() {}

  /** Three lines about a verdict with failed checks. */
  static JobFailedException of(Generation candidate, Optional<Integer> live, Verdict verdict) {
    List<VerdictCheck> failed = verdict.with(Outcome.FAILED);
    List<VerdictCheck> others =
        verdict.checks().stream().filter(check -> check.outcome() != Outcome.FAILED).toList();
    String stays =
        live.map(number -> "generation " + number + " stays live").orElse("nothing is live");
    return new JobFailedException(
        "Generation %d of '%s' is not published, %s: %s\n  found besides: %s\n  look at: %s",
        candidate.number(),
        candidate.index(),
        stays,
        texts(failed),
        texts(others),
        failed.stream()
                .map(check -> advice(check.name(), candidate, live))
                .distinct()
                .collect(Collectors.joining("; "))
            + "; or publish it all the same with --force");
  }

  private static String texts(List<VerdictCheck> checks) {
    return checks.stream()
        .map(check -> check.name() + ": " + check.text())
        .collect(Collectors.joining("; "));
  }

  private static String advice(String check, Generation candidate, Optional<Integer> live) {
    String name = " --name " + candidate.index();
    return switch (check) {
      case Gate.REJECTS -> "remap status --rejects, or raise publish.max-reject-ratio";
      case Gate.SELF_RETRIEVAL ->
          "quantizer.spec (codes too short?) and search.nprobe; remap evaluate --copies 100" + name;
      default ->
          "remap evaluate"
              + (check.equals(GroupsComparison.NAME) ? " --groups" : " --copies 100")
              + name
              + " with --generation "
              + candidate.number()
              + live.map(number -> " and " + number).orElse("")
              + "; remap reindex --retrain if the catalogue is not what whitening and quantizer were trained on";
    };
  }
}
