package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** What bin/make-region-pooling-fixture wrote. */
record RegionPoolingFixture(JsonNode json) {
  /** Valid, for a layer of two channels. */
  static final String ATTENTION =
      """
      {"schema-version":1,"levels":5,"activation":"tanh",
       "hidden":{"weights":[[1,2,-1,0.5],[0.25,0,1,1]],"bias":[0.5,-1]},
       "output":{"weights":[1,-2],"bias":0.1}}\
      """;

  /**
   * An aggregation, feature maps, and the descriptor that they give.
   *
   * @param maps their name
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Case(String maps, Aggregation aggregation, double[] expected) {
    @Override
    public String toString() {
      return maps + " " + aggregation;
    }
  }

  static RegionPoolingFixture read() {
    try (InputStream in = RegionPoolingFixture.class.getResourceAsStream("region-poolings.json")) {
      return new RegionPoolingFixture(new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Tap> taps() {
    List<Tap> taps = new ArrayList<>();
    json.get("taps").forEach(tap -> taps.add(new Tap("tap " + taps.size(), tap.intValue(), 32)));
    return taps;
  }

  List<FeatureMap> maps(String name) {
    JsonNode named = json.get("maps").get(name);
    int width = named.get("width").intValue();
    int height = named.get("height").intValue();
    List<FeatureMap> maps = new ArrayList<>();
    for (JsonNode values : named.get("taps")) {
      FloatBuffer buffer = FloatBuffer.allocate(values.size());
      values.forEach(value -> buffer.put(value.floatValue()));
      maps.add(new FeatureMap(1, values.size() / width / height, height, width, buffer.flip()));
    }
    return maps;
  }

  List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : json.get("cases")) {
      double[] expected = new double[node.get("expected").size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = node.get("expected").get(i).doubleValue();
      }
      String aggregator = node.get("aggregator").toString();
      cases.add(
          new Case(
              node.get("maps").textValue(),
              AggregationKind.read(StrictJson.read("extractor", aggregator, 1 << 20)),
              expected));
    }
    return cases;
  }

  /** A file for regions of the last layer. */
  byte[] whitening() {
    return Base64.getDecoder().decode(json.findValue("region-whitening").textValue());
  }
}
