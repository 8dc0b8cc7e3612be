package dev.remap.index.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.jfaiss.NativeLibrary;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever kernels a CPU has, a training and a shard have the same bytes. */
class KernelLevelsTest {
  private static final int DIMENSION = 128;
  private static final int VECTORS = 6_000;

  @TempDir private Path temporary;

  @Test
  void everySetOfKernelsMakesTheSameShard() throws Exception {
    String said = program("none").said;
    Matcher names = Pattern.compile("'none'.* runs ([a-z0-9, ]+)").matcher(said);
    assertThat(names.find()).as(said).isTrue();
    String[] sets = names.group(1).strip().split(", ", -1);
    assertThat(sets).endsWith("portable");

    Outcome best = program("");
    assertThat(best.status).as(best.said).isZero();
    for (String set : sets) {
      Outcome outcome = program(set);
      assertThat(outcome.said).isEqualTo(best.said.replaceFirst("[a-z0-9]+", set));
    }
  }

  @Test
  void unknownKernelsAreRefusedWhenTheLibraryIsLoaded() throws Exception {
    Outcome outcome = program("avx1024");

    assertThat(outcome.status).isNotZero();
    assertThat(outcome.said)
        .contains("REMAP_KERNELS is 'avx1024' in the environment: this CPU runs ")
        .contains("load");
  }

  private record Outcome(int status, String said) {}

  private Outcome program(String kernels) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                temporary.resolve(kernels + ".faiss").toString())
            .redirectErrorStream(true);
    builder.environment().put(NativeLibrary.KERNELS_VARIABLE, kernels);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), said);
  }

  /** Trains, encodes and writes: enough lists for pruning and for a filter. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      TestVectors vectors = TestVectors.clustered(VECTORS, DIMENSION, 7);
      Path file = Path.of(args[0]);
      IndexSpec spec = IndexSpec.parse("IVF600,PQ16np");
      try (Quantizer quantizer =
              Quantizer.train(spec, DIMENSION, vectors.values(), VECTORS, 3, line -> {});
          ShardBuilder builder = new ShardBuilder(quantizer)) {
        builder.add(vectors.keys(), vectors.values(), VECTORS);
        builder.write(file);
      }
      System.out.println(NativeLibrary.instructionSet() + " " + FileHash.of(file));
    }
  }
}
