package dev.remap.jobs.upkeep.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.upkeep.plan.PlanAccuracy;
import dev.remap.jobs.upkeep.status.Status.LayerState;
import java.util.Locale;
import java.util.function.Function;

/** A status as one JSON object, for monitoring. */
final class StatusJson {
  private StatusJson() {}

  static ObjectNode of(Status status, Function<String, CommandText> line) {
    ObjectNode node = Json.object().put("store", status.root());
    ArrayNode tables = node.putArray("tables");
    status.tables().forEach(table -> table(tables.addObject(), status, table));
    ArrayNode weights = node.putArray("weights");
    status
        .weights()
        .forEach(
            one ->
                weights
                    .addObject()
                    .put("id", one.id())
                    .put("labels", one.labels())
                    .put("bytes", one.bytes()));
    ArrayNode regionWhitenings = node.putArray("region-whitenings");
    status
        .regionWhitenings()
        .forEach(
            one ->
                regionWhitenings
                    .addObject()
                    .put("id", one.id())
                    .put("aggregator", one.aggregator())
                    .put("bytes", one.bytes()));
    ArrayNode quantizers = node.putArray("quantizers");
    status
        .quantizers()
        .forEach(
            quantizer ->
                quantizers
                    .addObject()
                    .put("id", quantizer.id())
                    .put("whitening", quantizer.whitening())
                    .put("spec", quantizer.spec())
                    .put("bytes", quantizer.bytes()));
    ArrayNode indexes = node.putArray("indexes");
    status.indexes().forEach(index -> index(indexes.addObject(), index));
    ArrayNode rejects = node.putArray("rejects");
    status.rejects().forEach(summary -> rejects(rejects.addObject(), summary));
    status.leftOut().ifPresent(leftOut -> leftOut(node.putArray("left-out"), leftOut));
    node.put("out-of-reach", status.outOfReach());
    ArrayNode runs = node.putArray("last-runs");
    status.lastRuns().forEach(run -> run(runs.addObject(), run));
    status.hindsight().ifPresent(hindsight -> hindsight(node.putObject("last-plan"), hindsight));
    outlook(node.putObject("next-night"), Outlook.of(status, line));
    return node;
  }

  private static void table(ObjectNode node, Status status, Status.TableState table) {
    node.put("kind", table.kind());
    if (!table.id().isEmpty()) {
      node.put("id", table.id());
    }
    node.put("earlier-layers", table.earlier());
    ArrayNode layers = node.putArray("layers");
    for (LayerState layer : table.newest()) {
      ObjectNode one = layers.addObject();
      layer(one, layer);
      if (status.isStale(table, layer)) {
        one.put("stale", true);
      }
    }
    table
        .chain()
        .ifPresent(
            chain ->
                node.putObject("chain")
                    .put("snapshot", chain.number())
                    .put("layers", chain.layers())
                    .put("lowest-rows", chain.base())
                    .put("rows-above", chain.deltas())
                    .put("delta-ratio", chain.share())
                    .put("compaction-due", chain.due()));
  }

  private static void layer(ObjectNode node, LayerState layer) {
    node.put("name", layer.name())
        .put("complete", layer.complete())
        .put("units-done", layer.done())
        .put("units", layer.units())
        .put("rows", layer.rows())
        .put("bytes", layer.bytes());
    layer.images().ifPresent(images -> node.put("images", images));
  }

  private static void index(ObjectNode node, Status.IndexState index) {
    node.put("name", index.name()).put("earlier-generations", index.earlier());
    index
        .displaced()
        .ifPresent(
            displaced ->
                node.putObject("displaced")
                    .put("generation", displaced.generation())
                    .put("mended-by", displaced.mendedBy().toString()));
    ArrayNode generations = node.putArray("generations");
    for (Status.GenerationState generation : index.shown()) {
      ObjectNode one = generations.addObject().put("state", generation.state());
      layer(one, generation.layer());
      one.put("quantizer", generation.quantizer())
          .put("layout", generation.layout().name().toLowerCase(Locale.ROOT));
      generation
          .tuned()
          .ifPresent(
              point -> {
                ObjectNode tuned =
                    one.putObject("tuned")
                        .put("nprobe", point.probing().nprobe())
                        .put("rerank", point.rerank());
                if (point.probing().efSearch() > 0) {
                  tuned.put("ef-search", point.probing().efSearch());
                }
                if (!point.queries().isEmpty()) {
                  tuned.put("queries", point.queries());
                }
              });
      generation.duplicates().ifPresent(count -> one.put("duplicates-left-out", count));
      generation.snapshot().ifPresent(number -> one.put("snapshot", number));
      generation.grounds().ifPresent(grounds -> one.put("grounds", grounds));
      generation.published().ifPresent(at -> one.put("published-at", at.toString()));
    }
  }

  private static void rejects(ObjectNode node, RejectSummary summary) {
    node.put("extractor", summary.source().extractor())
        .put("snapshot", summary.source().snapshot())
        .put("complete", summary.source().state() == RejectSummary.State.COMPLETE);
    if (summary.unread() != null) {
      node.put("unread-rows", summary.unread().rows());
    }
    ArrayNode reasons = node.putArray("reasons");
    summary
        .reasons()
        .forEach(
            reason ->
                reasons
                    .addObject()
                    .put("kind", reason.kind())
                    .put("stage", reason.stage())
                    .put("reason", reason.reason())
                    .put("images", reason.images())
                    .put("attempts", reason.attempts()));
  }

  private static void leftOut(ArrayNode node, LeftOut leftOut) {
    for (LeftOut.Reason reason : leftOut.reasons()) {
      ObjectNode one = node.addObject().put("reason", reason.words()).put("count", reason.total());
      ObjectNode details = one.putObject("details");
      reason.details().forEach(detail -> details.put(detail.words(), detail.count()));
    }
  }

  private static void run(ObjectNode node, RunHistory.Run run) {
    node.put("run", run.start().run())
        .put("command", run.command())
        .put("job", run.start().command())
        .put("started-at", run.at().toString());
    run.end().ifPresent(end -> node.put("ended-at", end.at().toString()));
    run.end().flatMap(RunEnd::failure).ifPresent(failure -> node.put("failure", failure));
    ObjectNode counts = node.putObject("counts");
    run.end().ifPresent(end -> end.counts().forEach(counts::put));
  }

  private static void hindsight(ObjectNode node, PlanAccuracy hindsight) {
    node.put("planned-at", hindsight.planned().toString());
    ArrayNode stages = node.putArray("stages");
    hindsight
        .stages()
        .forEach(
            stage ->
                stages
                    .addObject()
                    .put("stage", stage.stage())
                    .put("planned-units", stage.plannedUnits())
                    .put("planned-images", stage.plannedImages())
                    .put("images", stage.images())
                    .put("planned-seconds", stage.plannedSeconds())
                    .put("seconds", stage.seconds()));
  }

  private static void outlook(ObjectNode node, Outlook outlook) {
    outlook.behind().forEach(node.putArray("behind")::add);
    outlook.unfinished().forEach(node.putArray("unfinished")::add);
    outlook.due().forEach(node.putArray("compaction-due")::add);
    node.put("unreachable-images", outlook.unreachable());
  }
}
