package dev.remap.jobs.report;

import dev.remap.jobs.evaluate.EvaluationList;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.record.Way;
import dev.remap.jobs.run.JobContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Row;

/**
 * What the newest evaluation that was compared with an earlier one found otherwise, by the index
 * alone.
 *
 * @param at when it began
 * @param by what
 * @param against the earlier run
 * @param better rankings that score more than before
 * @param worse rankings that score less
 * @param lists those that gained and lost most
 */
record ChangedPart(
    String at, String by, String against, String better, String worse, List<Most> lists) {
  private static final int SHOWN = 10;

  /** Rankings under one heading, the most changed first. */
  record Most(String title, List<Change> changes) {}

  /** One ranking; positions of the first image that it should find, from 1. */
  record Change(
      String query,
      String setup,
      String before,
      String now,
      String difference,
      String firstWas,
      String firstIs) {}

  private record Changed(
      String query, String setup, double before, double now, String firstWas, String firstIs) {
    double gain() {
      return now - before;
    }

    Change shown() {
      return new Change(
          query,
          setup.isEmpty() ? "all" : setup,
          score("%.4f", before),
          score("%.4f", now),
          score("%+.4f", gain()),
          firstWas,
          firstIs);
    }
  }

  private static String score(String format, double score) {
    return String.format(Locale.ROOT, format, score);
  }

  /** Of the newest that was compared, if there is one. */
  static Optional<ChangedPart> of(JobContext context, List<EvaluationList.Evaluation> all) {
    for (int i = all.size() - 1; i >= 0; i--) {
      Optional<String> against =
          EvaluationRecord.find(context.store(), all.get(i).run())
              .map(record -> record.fact(EvaluationRecord.AGAINST))
              .filter(run -> !run.isEmpty());
      if (against.isPresent()) {
        return Optional.of(of(context, all.get(i), against.get()));
      }
    }
    return Optional.empty();
  }

  private static ChangedPart of(
      JobContext context, EvaluationList.Evaluation evaluation, String against) {
    String path = context.store().locate(EvaluationRecord.folder(evaluation.run()) + "/changed");
    List<Changed> changed =
        context.session().read().parquet(path).collectAsList().stream()
            .filter(row -> row.getAs("search").equals(Way.INDEX) && row.getAs("rerank").equals(""))
            .map(ChangedPart::changed)
            .sorted(Comparator.comparingDouble(Changed::gain).thenComparing(Changed::query))
            .toList();
    List<Changed> worse = changed.stream().filter(one -> one.gain() < 0).toList();
    List<Changed> better = new ArrayList<>(changed.stream().filter(one -> one.gain() > 0).toList());
    better.sort(Comparator.comparingDouble(Changed::gain).reversed().thenComparing(Changed::query));
    List<Most> lists = new ArrayList<>();
    most("Queries that gained most", better, lists);
    most("Queries that lost most", worse, lists);
    return new ChangedPart(
        evaluation.at(), evaluation.by(), against, count(better), count(worse), lists);
  }

  private static String count(List<Changed> some) {
    return String.format(Locale.ROOT, "%,d", some.size());
  }

  private static void most(String title, List<Changed> some, List<Most> lists) {
    if (!some.isEmpty()) {
      lists.add(new Most(title, some.stream().limit(SHOWN).map(Changed::shown).toList()));
    }
  }

  private static Changed changed(Row row) {
    return new Changed(
        row.getAs("query"),
        row.getAs("setup"),
        row.<Double>getAs("before"),
        row.<Double>getAs("now"),
        first(row, "ranks_before"),
        first(row, "ranks_now"));
  }

  private static String first(Row row, String column) {
    List<Integer> ranks = row.getList(row.fieldIndex(column));
    return ranks.isEmpty() ? "–" : Integer.toString(ranks.get(0) + 1);
  }
}
