package dev.remap.core.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.FeatureMaps;
import dev.remap.core.backbone.LearningPart;
import dev.remap.core.backbone.Tap;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.image.RgbImage;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.whitening.Whitening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What bin/make-network-fixture made: a network, pictures, and PyTorch's gradients. */
final class NetworkFixture {
  static final Path FOLDER = Path.of("src/test/resources/dev/remap/core/training/network");
  static final JsonNode JSON = read();

  private NetworkFixture() {}

  private static JsonNode read() {
    try {
      return new ObjectMapper().readTree(FOLDER.resolve("gradients.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static BackboneCard card(Path folder) {
    try {
      return BackboneCard.parse(Files.readString(folder.resolve("card.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TrainableBackbone backbone(String part) {
    return TrainableBackbone.load(
        FOLDER.resolve("backbone.pt"), card(FOLDER), new LearningPart(part), ComputeDevice.cpu());
  }

  static Stream<JsonNode> cases() {
    return IntStream.range(0, JSON.get("cases").size()).mapToObj(JSON.get("cases")::get);
  }

  static double[] doubles(JsonNode array) {
    return IntStream.range(0, array.size()).mapToDouble(i -> array.get(i).doubleValue()).toArray();
  }

  static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
  }

  static int images() {
    return JSON.get("pictures").size();
  }

  static int[] groups() {
    return ints(JSON.get("groups"));
  }

  static RgbImage picture(int image) {
    JsonNode shape = JSON.get("shapes").get(image);
    byte[] pixels = Base64.getDecoder().decode(JSON.get("pictures").get(image).textValue());
    return new RgbImage(shape.get(0).intValue(), shape.get(1).intValue(), pixels);
  }

  static HeadShape shape() {
    int regions = JSON.get("alpha").size() / 2;
    return HeadShape.ofVectors(
        JSON.get("levels").intValue(), regions, List.of(6, 5)); // Channels of the taps.
  }

  /** The network on the fixture's pictures, described once. */
  static BackboneRegions regions(TrainableBackbone... backbones) {
    return regions(Augmentation.NONE, backbones);
  }

  /** The same, changed by chance where it is learnt from. */
  static BackboneRegions regions(Augmentation augmentation, TrainableBackbone... backbones) {
    return parts(shape(), augmentation, backbones);
  }

  /** The same, whose last layer's cells are looked at. */
  static BackboneRegions cells(TrainableBackbone backbone) {
    JsonNode shape = JSON.get("shapes").get(0);
    Tap last = backbone.card().taps().get(0);
    int cells = last.cells(shape.get(0).intValue()) * last.cells(shape.get(1).intValue());
    return parts(HeadShape.ofCells(cells, last.channels()), Augmentation.NONE, backbone);
  }

  /** The same, whose last layer's region vectors are looked at. */
  static BackboneRegions lastVectors(TrainableBackbone backbone) {
    HeadShape all = shape();
    HeadShape last = HeadShape.ofVectors(all.levels(), all.regions(), all.channels().subList(0, 1));
    return parts(last, Augmentation.NONE, backbone);
  }

  /** The same, with maxima and means of its regions. */
  static BackboneRegions statistics(TrainableBackbone backbone) {
    HeadShape all = shape();
    HeadShape last = HeadShape.ofStatistics(all.levels(), all.regions(), all.channels().get(0));
    return parts(last, Augmentation.NONE, backbone);
  }

  private static BackboneRegions parts(
      HeadShape shape, Augmentation augmentation, TrainableBackbone... backbones) {
    ArraySet start = new ArraySet(shape, new float[images()][shape.length()]);
    ArraySet now = new ArraySet(shape, new float[images()][shape.length()]);
    BackboneRegions regions =
        new BackboneRegions(
            List.of(backbones),
            NetworkFixture::picture,
            start,
            now,
            NetworkFixture::describe,
            augmentation);
    regions.describe(all());
    float[] one = new float[shape.length()];
    for (int image : all()) {
      regions.read(image, one);
      start.write(image, one);
    }
    regions.reset();
    return regions;
  }

  /** One after the other. */
  private static void describe(TrainableBackbone network, int[] images, RegionStore to) {
    Aggregator aggregator = to.shape().parts().on(network.card().taps());
    float[] one = new float[to.shape().length()];
    for (int image : images) {
      RgbImage picture = picture(image);
      ByteBuffer pixels = ByteBuffer.allocateDirect(picture.pixels().length);
      pixels.put(picture.pixels()).flip();
      try (FeatureMaps maps = network.forward(pixels, 1, picture.shape())) {
        aggregator.aggregate(maps.taps(), 0, one);
      }
      to.write(image, one);
    }
  }

  static int[] all() {
    return IntStream.range(0, images()).toArray();
  }

  static Batch batch(RankingLoss loss) {
    JsonNode tuples = JSON.get("tuples");
    int[][] positions = new int[loss.takesTuples() ? tuples.size() : 0][];
    Arrays.setAll(positions, t -> ints(tuples.get(t)));
    return new Batch(all(), groups(), positions);
  }

  /** The fixture's numbers in the place of some head's. */
  static Head head(boolean isProjected, double[] network) {
    HeadShape shape = shape();
    RegionWeights ones = RegionWeights.ones(2, shape.levels(), shape.regions());
    double[] alpha = doubles(JSON.get("alpha"));
    Parameters parameters = Parameters.none().with(Part.ALPHA, alpha).with(Part.NETWORK, network);
    if (!isProjected) {
      return Head.of(shape, ones).with(parameters);
    }
    double[] projection = doubles(JSON.get("projection"));
    Whitening any = Heads.whitening(shape.dimension(), projection.length / shape.dimension(), 3);
    return Head.of(shape, ones)
        .projected(any)
        .with(
            parameters
                .with(Part.SHIFT, doubles(JSON.get("shift")))
                .with(Part.PROJECTION, projection));
  }
}
