package dev.remap.core.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.Model;
import dev.remap.core.image.ImageShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/export-backbone} on small networks. Skipped where Python has no PyTorch and no
 * torchvision; on Debian: python3-torch and python3-torchvision. The environment's REMAP_PYTHON
 * names another Python, which must have them.
 */
class BackboneExporterTest {
  private static final String HAS_TORCH =
      "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ['torch',"
          + " 'torchvision'])))";
  private static final String PYTHON = System.getenv("REMAP_PYTHON");

  @TempDir private static Path exports;
  @TempDir private static Path logs;

  @BeforeAll
  static void exportAllFamilies() throws Exception {
    assumeTrue(PYTHON != null || hasTorch(), "no PyTorch and torchvision here");
    int status = python("src/test/python/export_backbones.py", exports.toString());
    assertThat(status).as("%s", Files.readString(logs.resolve("python.log"))).isZero();
  }

  private static boolean hasTorch() throws Exception {
    return Files.isExecutable(Path.of("/usr/bin/python3")) && python("-c", HAS_TORCH) == 0;
  }

  private static int python(String... arguments) throws Exception {
    List<String> line =
        Stream.concat(Stream.of(PYTHON == null ? "/usr/bin/python3" : PYTHON), Stream.of(arguments))
            .toList();
    // Not to this process's own output, which the build talks through.
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(logs.resolve("python.log").toFile())
        .start()
        .waitFor();
  }

  /** Their maps are those of the network in PyTorch, by formulas that the script does not know. */
  @TestFactory
  Stream<DynamicTest> everyFamilyGivesItsNetworksMapsInLibtorch() throws IOException {
    List<Path> folders = folders();
    assertThat(folders).hasSizeGreaterThanOrEqualTo(16);
    return folders.stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(folder.getFileName().toString(), () -> compare(folder)));
  }

  @Test
  void aFullyConnectedLayerIsAMapOfOneCell() throws IOException {
    for (Path folder : folders()) {
      if (folder.toString().contains("-fc")) {
        assertThat(card(folder).taps()).hasSize(1);
        assertThat(card(folder).taps().get(0).stride()).isEqualTo(224);
      }
    }
  }

  @Test
  void theCardTellsInWhatTheNetworkComputes() throws IOException {
    for (Path folder : folders()) {
      String name = folder.toString();
      boolean isPacked = name.contains("float32-cpu") || name.contains("-packed");
      assertThat(card(folder).precision())
          .isEqualTo(name.contains("bf16") ? "bf16" : isPacked ? "float32-cpu" : "float32");
      assertThat(card(folder).isForCpus()).isEqualTo(isPacked);
    }
  }

  @Test
  void onlyTheTrainableVariantHasParametersThere() throws Exception {
    assertThat(parameters("resnet-96x64")).isZero();
    assertThat(parameters("resnet--trainable-96x64")).isGreaterThan(10);
  }

  private static int parameters(String folder) throws Exception {
    LibTorch.device(ComputeDevice.cpu());
    try (Model model = Model.newInstance(folder, Device.cpu(), LibTorch.ENGINE)) {
      model.load(
          exports.resolve(folder).resolve("backbone.pt"), null, Map.of("trainParam", "true"));
      return model.getBlock().getParameters().size();
    }
  }

  private static List<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(exports)) {
      return all.filter(folder -> Files.exists(folder.resolve("tap-0.bin"))).sorted().toList();
    }
  }

  private static BackboneCard card(Path folder) throws IOException {
    return BackboneCard.parse(Files.readString(folder.resolve("card.json")));
  }

  private static void compare(Path folder) throws IOException {
    BackboneCard card = card(folder);
    String name = folder.getFileName().toString();
    String[] size = name.substring(name.lastIndexOf('-') + 1).split("x", -1);
    ImageShape shape = new ImageShape(Integer.parseInt(size[0]), Integer.parseInt(size[1]));
    ByteBuffer picture = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("picture.bin")));
    Path file = folder.resolve("backbone.pt");
    try (Backbone backbone = Backbone.load(file, card, ComputeDevice.cpu());
        FeatureMaps maps = backbone.forward(picture, 1, shape)) {
      for (int tap = 0; tap < card.taps().size(); tap++) {
        requireClose(expected(folder, tap), maps.taps().get(tap).values(), card.precision());
      }
    }
  }

  private static FloatBuffer expected(Path folder, int tap) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(folder.resolve("tap-" + tap + ".bin")))
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireClose(FloatBuffer expected, FloatBuffer given, String precision) {
    assertThat(given.limit()).isEqualTo(expected.limit());
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.limit(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
      difference = Math.max(difference, Math.abs(expected.get(i) - given.get(i)));
    }
    double allowed = precision.equals("bf16") ? 0.05 : 1e-4;
    assertThat(difference / largest).isCloseTo(0, within(allowed));
  }
}
