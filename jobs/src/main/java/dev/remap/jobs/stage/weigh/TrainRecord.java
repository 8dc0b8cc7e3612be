package dev.remap.jobs.stage.weigh;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.training.Epoch;
import dev.remap.core.training.HeadTraining;
import dev.remap.core.training.Split;
import dev.remap.core.training.Tuple;
import dev.remap.jobs.store.Json;
import java.util.Arrays;

/** What is kept of how weights were learnt, beside them. */
record TrainRecord(TrainSettings settings, TrainImages images, HeadTraining training) {

  /** The settings, the split and the curve (JSON). */
  String text(Split split) {
    ObjectNode node = Json.versioned();
    node.put("settings", settings.text());
    node.put("images", images.count());
    names(node.putArray("learnt"), split.training());
    names(node.putArray("held-out"), split.heldOut());
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

  /** The tuples of the last epoch (JSON lines). */
  String mined() {
    StringBuilder lines = new StringBuilder();
    for (Tuple tuple : training.mined()) {
      ObjectNode node = Json.object();
      node.put("query", images.ids(tuple.query()).get(0));
      node.put("positive", images.ids(tuple.positive()).get(0));
      ArrayNode negatives = node.putArray("negatives");
      tuple.negatives().forEach(image -> negatives.add(images.ids(image).get(0)));
      lines.append(node).append('\n');
    }
    return lines.toString();
  }
}
