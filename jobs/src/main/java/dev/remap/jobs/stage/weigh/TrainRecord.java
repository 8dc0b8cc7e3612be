package dev.remap.jobs.stage.weigh;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.training.Epoch;
import dev.remap.core.training.HeadTraining;
import dev.remap.core.training.Split;
import dev.remap.core.training.Tuple;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.row.MinedRow;
import dev.remap.jobs.store.row.MinedRow.Role;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.table.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What is kept of how weights were learnt, beside them. */
record TrainRecord(TrainSettings settings, TrainImages images, HeadTraining training) {

  /** The settings, the split and the curve (JSON). */
  String text(Split split) {
    ObjectNode node = Json.versioned();
    node.put("settings", settings.text());
    node.put("images", images.count());
    names(node.putArray("learnt"), split.training());
    names(node.putArray("held-out"), split.heldOut());
    if (split.distractors().length > 0) {
      ArrayNode distractors = node.putArray("distractors");
      images.ids(split.distractors()).forEach(distractors::add);
    }
    node.put("best-epoch", training.bestEpoch());
    ArrayNode curve = node.putArray("curve");
    for (Epoch epoch : training.curve()) {
      ObjectNode point = curve.addObject().put("epoch", epoch.number());
      if (!Double.isNaN(epoch.loss())) {
        point.put("loss", epoch.loss());
      }
      point.put("held-out-map", epoch.map());
    }
    return node.toPrettyString() + "\n";
  }

  /** Groups by the id of their first image. */
  private void names(ArrayNode node, int... places) {
    Arrays.stream(places)
        .map(place -> images.groups()[place])
        .distinct()
        .forEach(group -> node.add(images.names().get(group)));
  }

  /** The tuples of the last epoch as a file (Parquet); none if the loss mines nothing. */
  Map<String, byte[]> mined() {
    List<MinedRow> rows = rows(training.mined(), images);
    return rows.isEmpty()
        ? Map.of()
        : Map.of(Weights.MINED, SegmentWriter.bytes(RowFormat.mined(), rows));
  }

  static List<MinedRow> rows(List<Tuple> tuples, TrainImages images) {
    List<MinedRow> rows = new ArrayList<>();
    for (int i = 0; i < tuples.size(); i++) {
      Tuple tuple = tuples.get(i);
      rows.add(row(i, Role.QUERY, 0, tuple.query(), images));
      rows.add(row(i, Role.POSITIVE, 0, tuple.positive(), images));
      int rank = 0;
      for (int negative : tuple.negatives()) {
        rank++;
        rows.add(row(i, Role.NEGATIVE, rank, negative, images));
      }
    }
    return rows;
  }

  private static MinedRow row(int tuple, Role role, int rank, int image, TrainImages images) {
    int group = images.groups()[image];
    String name = group < 0 ? "" : images.names().get(group);
    return new MinedRow(tuple, role, rank, images.ids(image).get(0), name);
  }
}
