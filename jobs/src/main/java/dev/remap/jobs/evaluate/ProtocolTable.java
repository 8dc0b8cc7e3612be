package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.core.evaluation.Protocol;
import dev.remap.core.evaluation.Protocol.Metric;
import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.evaluate.record.Differences;
import dev.remap.jobs.evaluate.record.QueryScore;
import dev.remap.jobs.evaluate.record.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The means of a protocol's scores, by setup and by way.
 *
 * @param setups in their order
 * @param ways in their order
 */
record ProtocolTable(
    Protocol protocol, List<String> setups, List<Way> ways, List<QueryScore> scores) {

  /** Exact search and the index alone are as they always were; more ways take one more column. */
  private boolean isReranked() {
    return ways.stream().anyMatch(way -> !way.rerank().isEmpty());
  }

  /** With a header. */
  List<List<String>> rows() {
    List<List<String>> table = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(protocol.label(), "queries", "search"));
    if (isReranked()) {
      head.add("re-ranking");
    }
    protocol.metrics().forEach(metric -> head.add(metric.label()));
    if (isReranked()) {
      head.addAll(List.of("gain of " + head.get(4), "95 % interval"));
    }
    table.add(head);
    for (String setup : setups) {
      String shown = shown(setup);
      for (Way way : ways) {
        List<QueryScore> some = Recorded.some(scores, setup, way);
        if (!some.isEmpty()) {
          List<String> line = line(shown, way, some);
          if (isReranked()) {
            line.addAll(Recorded.gain(scores, setup, way));
          }
          table.add(line);
          shown = "";
        }
      }
    }
    return table;
  }

  private static String shown(String setup) {
    return setup.isEmpty() ? "all" : setup;
  }

  private List<String> line(String setup, Way way, List<QueryScore> some) {
    List<String> line =
        new ArrayList<>(
            List.of(setup, String.format(Locale.ROOT, "%,d", some.size()), way.search()));
    if (isReranked()) {
      line.add(way.shown());
    }
    for (Metric metric : protocol.metrics()) {
      double mean =
          some.stream()
              .mapToDouble(one -> metric.score(one.rankArray(), one.relevant()))
              .average()
              .orElseThrow();
      line.add(String.format(Locale.ROOT, "%.4f", mean));
    }
    return line;
  }

  /** How sure it is what the index loses. */
  List<String> losses(Probing probing) {
    List<String> losses = new ArrayList<>();
    for (String setup : setups) {
      List<Differences.Pair> pairs =
          Differences.pairs(
              Recorded.some(scores, setup, new Way(Way.EXACT, "")),
              Recorded.some(scores, setup, new Way(Way.INDEX, "")));
      if (!pairs.isEmpty()) {
        PairedBootstrap.Drop drop = Differences.of(pairs);
        losses.add(
            String.format(
                Locale.ROOT,
                "%s: the index, at %s, loses %.4f of %s (95 %% interval %.4f to %.4f, by"
                    + " query)",
                shown(setup),
                probing,
                drop.mean(),
                protocol.metrics().get(0).label(),
                drop.lower(),
                drop.upper()));
      }
    }
    return losses;
  }
}
