package dev.remap.core.backbone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import dev.remap.core.image.ImageShape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackboneTest {
  private static final Path RESOURCES = Path.of("src/test/resources/dev/remap/core/backbone");
  private static final Path TINY = RESOURCES.resolve("tiny.pt");
  private static final Path DEMO = Path.of("../conf/backbones/mobilenet_v2_140_nsfwjs");
  private static final ImageShape SHAPE = new ImageShape(12, 8);
  private static final long SEED = 2026;

  private static BackboneCard card;
  private static Backbone tiny;

  @TempDir private Path folder;

  @BeforeAll
  static void load() throws Exception {
    card = BackboneCard.parse(Files.readString(RESOURCES.resolve("tiny-card.json")));
    tiny = Backbone.load(TINY, card, ComputeDevice.cpu());
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  private static ByteBuffer pixels(int batch, ImageShape shape) {
    byte[] bytes = new byte[3 * batch * shape.width() * shape.height()];
    new SplittableRandom(SEED).nextBytes(bytes);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static float[] copy(FeatureMap map) {
    float[] copy = new float[map.values().limit()];
    map.values().get(0, copy);
    return copy;
  }

  private static BackboneCard with(List<Tap> taps, String sha256) {
    return new BackboneCard(
        1, "tiny", taps, card.scale(), card.shift(), "float32", "none", "test", sha256);
  }

  /** The fixture's sums are exact in float32, so the bits must agree. */
  @Test
  void mapsAreThoseOfTheNetworkOnScaledPixels() {
    ByteBuffer pixels = pixels(2, SHAPE);
    try (FeatureMaps maps = tiny.forward(pixels, 2, SHAPE)) {
      assertThat(maps.taps()).hasSize(2);
      FeatureMap last = maps.taps().get(0);
      FeatureMap second = maps.taps().get(1);
      assertThat(List.of(last.batch(), last.channels(), last.height(), last.width()))
          .containsExactly(2, 5, 2, 3);
      assertThat(second.channels()).isEqualTo(4);
      float[] patches = patchConvolution(pixels);
      assertThat(copy(second)).as("seed %d", SEED).isEqualTo(patches);
      assertThat(copy(last)).as("seed %d", SEED).isEqualTo(mix(patches));
    }
  }

  /** See make-tiny-backbone: 4×4 patches of 2 pictures of 12×8, in NCHW. */
  private static float[] patchConvolution(ByteBuffer pixels) {
    float[] scale = {1 / 128f, 1 / 64f, 1 / 256f};
    float[] shift = {-1, -2, 0.5f};
    FloatBuffer out = FloatBuffer.allocate(2 * 4 * 2 * 3);
    for (int i = 0; i < 2 * 4 * 2 * 3; i++) {
      int n = i / 24;
      int o = i / 6 % 4;
      float sum = o / 8f;
      for (int k = 0; k < 48; k++) {
        int c = k / 16;
        int y = k / 4 % 4;
        int x = k % 4;
        int at = ((n * 8 + i / 3 % 2 * 4 + y) * 12 + i % 3 * 4 + x) * 3 + c;
        float pixel = (pixels.get(at) & 0xff) * scale[c] + shift[c];
        sum += ((7 * o + 3 * c + 2 * y + x) % 5 - 2) / 16f * pixel;
      }
      out.put(Math.max(0, sum));
    }
    return out.array();
  }

  private static float[] mix(float[] patches) {
    float[] out = new float[2 * 5 * 6];
    for (int i = 0; i < out.length; i++) {
      float sum = 0;
      for (int c = 0; c < 4; c++) {
        sum += ((3 * (i / 6 % 5) + 5 * c) % 7 - 3) / 8f * patches[(i / 30 * 4 + c) * 6 + i % 6];
      }
      out[i] = Math.max(0, sum);
    }
    return out;
  }

  @Test
  void forwardPassesUseOneThreadUnlessToldOtherwise() {
    assertThat(JniUtils.getNumThreads()).isEqualTo(1);
  }

  @Test
  void bufferMayStartAnywhereAndLieOnTheHeap() {
    ByteBuffer pixels = pixels(2, SHAPE);
    int half = pixels.limit() / 2;
    ByteBuffer second = pixels.duplicate().position(half);
    byte[] bytes = new byte[half];
    second.duplicate().get(bytes);
    try (FeatureMaps both = tiny.forward(pixels, 2, SHAPE);
        FeatureMaps direct = tiny.forward(second, 1, SHAPE);
        FeatureMaps heap = tiny.forward(ByteBuffer.wrap(bytes), 1, SHAPE)) {
      float[] expected = new float[4 * 6];
      FeatureMap map = both.taps().get(1);
      map.values().get(map.offset(1), expected);
      assertThat(copy(direct.taps().get(1))).isEqualTo(expected);
      assertThat(copy(heap.taps().get(1))).isEqualTo(expected);
      assertThat(second.position()).isEqualTo(half);
    }
  }

  @Test
  void imageHasTheSameBitsAtEveryPlaceOfABatchOfFixedSizeAndOnEveryThread() throws Exception {
    BackboneCard demoCard = BackboneCard.parse(Files.readString(DEMO.resolve("card.json")));
    ImageShape shape = new ImageShape(96, 64);
    byte[] image = new byte[3 * 96 * 64];
    pixels(1, shape).get(image);
    try (Backbone demo = Backbone.load(DEMO.resolve("backbone.pt"), demoCard, ComputeDevice.cpu());
        Closer threads = new Closer(Executors.newFixedThreadPool(4))) {
      List<Future<List<float[]>>> results = new ArrayList<>();
      for (int place = 0; place < 4; place++) {
        ByteBuffer batch = ByteBuffer.allocateDirect(4 * image.length);
        if (place % 2 == 1) { // The other places: black, or another picture.
          batch.put(pixels(4, shape)).clear();
        }
        batch.put(place * image.length, image);
        int at = place;
        results.add(threads.pool.submit(() -> describe(demo, batch, shape, at)));
      }
      for (Future<List<float[]>> result : results) {
        assertThat(result.get().get(0)).as("seed %d", SEED).isEqualTo(results.get(0).get().get(0));
        assertThat(result.get().get(1)).as("seed %d", SEED).isEqualTo(results.get(0).get().get(1));
      }
      assertThat(results.get(0).get().get(0)).hasSize(1792 * 6).contains(0f);
    }
  }

  private record Closer(ExecutorService pool) implements AutoCloseable {
    @Override
    public void close() {
      pool.shutdownNow();
    }
  }

  private static List<float[]> describe(Backbone net, ByteBuffer batch, ImageShape shape, int at) {
    List<float[]> result = new ArrayList<>();
    for (int again = 0; again < 4; again++) { // The profiling executor would change at the third.
      result.clear();
      try (FeatureMaps maps = net.forward(batch, 4, shape)) {
        for (FeatureMap map : maps.taps()) {
          float[] values = new float[map.channels() * map.area()];
          map.values().get(map.offset(at), values);
          result.add(values);
        }
      }
    }
    return result;
  }

  @Test
  void fileWithAnotherHashIsRefusedNamingBoth() throws Exception {
    byte[] bytes = Files.readAllBytes(TINY);
    bytes[bytes.length / 2] ^= 1;
    Path flipped = Files.write(folder.resolve("flipped.pt"), bytes);
    assertThatThrownBy(() -> Backbone.load(flipped, card, ComputeDevice.cpu()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(flipped.toString())
        .hasMessageContaining(card.sha256())
        .hasMessageContaining(sha256(bytes));
  }

  @Test
  void missingFileIsRefused() {
    Path missing = folder.resolve("missing.pt");
    assertThatThrownBy(() -> Backbone.load(missing, card, ComputeDevice.cpu()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(missing + " of the card 'tiny' is not there");
  }

  @Test
  void fileThatIsNoTorchScriptIsRefused() throws Exception {
    byte[] whole = Files.readAllBytes(TINY);
    byte[][] contents = {"not a network".getBytes(UTF_8), {}, Arrays.copyOf(whole, 900)};
    for (byte[] content : contents) {
      Path file = Files.write(folder.resolve("garbage.pt"), content);
      BackboneCard matching = with(card.taps(), sha256(content));
      assertThatThrownBy(() -> Backbone.load(file, matching, ComputeDevice.cpu()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(file + " is not a TorchScript file");
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void cardThatPromisesOtherTapsIsRefusedNamingBoth() {
    Tap last = card.taps().get(0);
    Tap second = card.taps().get(1);
    assertTapsRefused(List.of(last), "promises [5 channels of 3x2], but");
    assertTapsRefused(List.of(second, last), "promises [4 channels of 3x2, 5 channels of 3x2]");
    assertTapsRefused(List.of(new Tap("last", 7, 4), second), "promises [7 channels of 3x2");
    assertTapsRefused(List.of(last, new Tap("second", 4, 2)), "4 channels of 6x4]");
  }

  private static void assertTapsRefused(List<Tap> taps, String promise) {
    assertThatThrownBy(
            () -> Backbone.load(TINY, with(taps, card.sha256()), ComputeDevice.cpu()).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(promise)
        .hasMessageContaining("gives [5 channels of 3x2, 4 channels of 3x2]");
  }

  @Test
  void gpuThatIsNotThereIsAnErrorAndNeverTheCpu() {
    assertThatThrownBy(() -> Backbone.load(TINY, card, ComputeDevice.gpu(99)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("gpu:99 is not there")
        .hasMessageContaining("the machine has")
        .hasMessageContaining("profile gpu");
  }

  @Test
  void aNetworkThatIsPackedForCpusIsRefusedOnGpus() {
    BackboneCard packed = BackboneCard.parse(card.toJson().replace("float32", "float32-cpu"));

    assertThat(packed.isForCpus()).isTrue();
    assertThatThrownBy(() -> Backbone.load(TINY, packed, ComputeDevice.gpu(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'tiny' is for CPUs alone")
        .hasMessageContaining("the device is gpu:0");
  }

  /** Batches of 13 and 14 are the fixture's injected faults. */
  @Test
  void exhaustedMemoryHasItsOwnExceptionAndTheBackboneLivesOn() {
    assertThatThrownBy(() -> tiny.forward(pixels(13, SHAPE), 13, SHAPE))
        .isInstanceOf(DeviceOutOfMemoryException.class)
        .hasMessageContaining("'tiny' on 13 images of 12x8 on cpu");
    assertThatThrownBy(() -> tiny.forward(pixels(14, SHAPE), 14, SHAPE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("broken on purpose");
    mapsAreThoseOfTheNetworkOnScaledPixels();
  }

  @Test
  void bufferOfTheWrongLengthIsRefused() {
    assertThatThrownBy(() -> tiny.forward(pixels(2, SHAPE), 3, SHAPE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 images of 12x8 is 864 bytes, but the buffer has 576");
    assertThatThrownBy(() -> tiny.forward(ByteBuffer.allocate(0), 0, SHAPE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closedBackboneIsRefused() {
    Backbone closed = Backbone.load(TINY, card, ComputeDevice.cpu());
    closed.close();
    assertThatThrownBy(() -> closed.forward(pixels(1, SHAPE), 1, SHAPE))
        .isInstanceOf(IllegalStateException.class);
  }
}
