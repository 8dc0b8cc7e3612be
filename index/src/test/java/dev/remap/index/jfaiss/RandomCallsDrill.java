package dev.remap.index.jfaiss;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Very many random calls of the natives. Run by {@code bin/fuzz-natives}; {@code bin/test} makes
 * fewer of them.
 */
class RandomCallsDrill {
  private static final int MINUTES = 600;

  @TempDir private Path temporary;

  @Test
  void everyNativeAnswersVeryManyRandomCalls() throws Exception {
    int calls = Integer.getInteger("drill.calls");
    List<String> lines =
        HostileJvm.run(
            temporary,
            MINUTES,
            System.out::println,
            "random",
            System.getProperty("drill.seed"),
            Integer.toString(calls));
    requireAnswers(lines, calls);
  }

  /** Each native was called, returned, and refused, and did nothing else. */
  static void requireAnswers(List<String> lines, int calls) {
    List<String> names = new ArrayList<>();
    int made = 0;
    for (String line : lines) {
      assertThat(line).doesNotContain("UNEXPECTED");
      if (line.startsWith("of ")) {
        String[] words = line.split("[ :,]+", -1);
        names.add(words[1]);
        int returned = Integer.parseInt(words[2]);
        int refused = Integer.parseInt(words[4]);
        made += returned + refused;
        assertThat(returned).as(line).isPositive();
        boolean takesNothing = words[1].equals("instructionSet");
        assertThat(refused > 0).as(line).isNotEqualTo(takesNothing);
      }
    }
    assertThat(names)
        .containsExactlyInAnyOrderElementsOf(Hostile.natives().map(Method::getName).toList());
    assertThat(made).isEqualTo(calls);
  }
}
