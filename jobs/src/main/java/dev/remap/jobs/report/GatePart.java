package dev.remap.jobs.report;

import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Every check of the gate over the last publications of an index. */
final class GatePart {
  /** Publications that stand side by side. */
  private static final int MOST = 8;

  private GatePart() {}

  /** One value in the table. */
  record Cell(String value, String bound, boolean failed, String text) {
    boolean hasBound() {
      return !bound.isEmpty();
    }
  }

  record Check(String name, List<Cell> cells) {
    Check {
      cells = List.copyOf(cells);
    }
  }

  record Head(String title, String act) {}

  /**
   * The part's model.
   *
   * @param log all publications, oldest first
   */
  static Map<String, Object> of(List<Published> log) {
    List<Published> shown = log.subList(Math.max(0, log.size() - MOST), log.size());
    Map<String, Check> checks = new LinkedHashMap<>();
    shown.stream()
        .flatMap(entry -> entry.verdict().stream())
        .flatMap(verdict -> verdict.checks().stream())
        .forEach(check -> checks.computeIfAbsent(check.name(), name -> row(name, shown)));
    return Map.of(
        "publications",
        shown.stream().map(GatePart::head).toList(),
        "earlier",
        RunPart.some(log.size() - shown.size()),
        "checks",
        new ArrayList<>(checks.values()));
  }

  private static Head head(Published entry) {
    return new Head(
        "generation " + Generation.number(entry),
        entry
            .verdict()
            .map(Verdict::act)
            .map(act -> act.name().toLowerCase(Locale.ROOT))
            .orElse("not told"));
  }

  private static Check row(String name, List<Published> shown) {
    return new Check(
        name,
        shown.stream()
            .map(entry -> cell(entry.verdict().flatMap(verdict -> verdict.check(name))))
            .toList());
  }

  private static Cell cell(Optional<VerdictCheck> check) {
    return check
        .map(
            it ->
                new Cell(
                    it.value().isPresent() ? LineChart.number(it.value().getAsDouble()) : "–",
                    it.bound().isPresent() ? LineChart.number(it.bound().getAsDouble()) : "",
                    it.outcome() == VerdictCheck.Outcome.FAILED,
                    it.text()))
        .orElse(new Cell("–", "", false, "not among that publication's checks"));
  }
}
