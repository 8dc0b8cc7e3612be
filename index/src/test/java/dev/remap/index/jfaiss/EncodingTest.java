package dev.remap.index.jfaiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingTest {
  @TempDir private Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"flat-coarse", "graph-coarse", "opq"})
  void writesTheFileThatFaissWroteForTheSameVectors(String name) throws IOException {
    Path expected = temporary.resolve("expected");
    Path actual = temporary.resolve("actual");
    try (NativeIndex faiss = NativeIndex.open(Fixtures.file(name + ".faiss"));
        NativeShardBuilder builder = NativeShardBuilder.empty(faiss)) {
      // Headers differ between versions of Faiss: both files are written by ours.
      faiss.write(expected);
      long[] keys = Fixtures.longs("keys.i64");
      builder.add(keys, Fixtures.floats("vectors.f32"), keys.length);
      builder.write(actual);
    }
    // Lists and codes to the last byte: none of these 400 vectors lies between two centroids.
    assertThat(Files.mismatch(actual, expected)).as("first byte that differs").isEqualTo(-1);
  }
}
