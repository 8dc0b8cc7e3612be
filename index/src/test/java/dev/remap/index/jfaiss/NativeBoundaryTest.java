package dev.remap.index.jfaiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.Fixtures;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every native entry with hostile arguments, in a JVM of its own: it answers each with an
 * exception, or with a result where the argument is a good one, and ends by itself.
 */
@Timeout(120)
class NativeBoundaryTest {
  @TempDir private Path temporary;

  private List<String> inAnotherJvm(String... arguments) throws IOException, InterruptedException {
    return HostileJvm.run(temporary, 1, line -> {}, arguments);
  }

  @Test
  void everyNativeAnswersEveryHostileArgument() throws Exception {
    List<String> lines = inAnotherJvm("arguments");
    Map<String, Set<String>> outcomes = new TreeMap<>();
    for (String line : lines) {
      String[] parts = line.split(" => ", 2);
      assertThat(parts).as(line).hasSize(2);
      assertThat(parts[1])
          .as(line)
          .matches("returned|(IllegalArgument|IllegalState|Faiss)Exception: .*");
      outcomes.computeIfAbsent(parts[0].split("\\(", 2)[0], name -> new HashSet<>()).add(parts[1]);
    }
    assertThat(outcomes.keySet())
        .containsExactlyInAnyOrderElementsOf(Hostile.natives().map(Method::getName).toList());
    // Any number is a seed.
    assertThat(lines)
        .filteredOn(line -> line.endsWith("=> returned") && !line.contains("(seed="))
        .hasSizeLessThan(110);
    assertThat(lines)
        .contains(
            "train(dimension=0) => IllegalArgumentException: dimension must be in 1..65536, is 0",
            "train(lists=0) => IllegalArgumentException: lists must be in 1..16777216, is 0",
            "train(hnswLinks=1) => IllegalArgumentException: HNSW links of a node (0 for no graph)"
                + " must be in 4..128, is 1",
            "train(subquantizers=3) => IllegalArgumentException: m = 3 numbers in a code must"
                + " divide the 8 components of a vector",
            "train(n=3) => IllegalArgumentException: n = 3 training vectors are too few: 4 lists"
                + " and codes of 4 bits need 16",
            "search(nprobe=0) => IllegalArgumentException: nprobe = 0 is not in 1..4, the number of"
                + " lists",
            "size(index=0) => IllegalStateException: index 0 is closed, or was never there");
  }

  @Test
  void noDamagedFileLeadsNativeCodeAstray() throws Exception {
    for (String name : List.of("flat-coarse", "graph-coarse", "opq")) {
      Files.copy(Fixtures.file(name + ".faiss"), temporary.resolve(name + ".faiss"));
    }
    List<String> lines = inAnotherJvm("files");
    assertThat(lines).hasSizeGreaterThan(2000);
    for (String line : lines) {
      assertThat(line)
          .matches("(?s).* => (returned|(IllegalArgument|IllegalState|Faiss)Exception: .*)");
    }
    assertThat(lines).filteredOn(line -> line.endsWith("=> returned")).isNotEmpty();
  }

  @Test
  void everyNativeAnswersRandomCallsInRandomStates() throws Exception {
    RandomCallsDrill.requireAnswers(inAnotherJvm("random", "17", "20000"), 20_000);
  }
}
