package dev.remap.jobs.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicationHistoryTest {
  /** Generations in the order of their publication; {@code r2} is a rollback to generation 2. */
  private static PublicationHistory log(String generations) {
    List<Published> entries = new ArrayList<>();
    for (String word : generations.isEmpty() ? new String[0] : generations.split(" ", -1)) {
      boolean rollback = word.startsWith("r");
      String name = NumberedFolders.name(Integer.parseInt(rollback ? word.substring(1) : word));
      Verdict verdict = new Verdict(Verdict.Act.ROLLBACK, new TreeMap<>(), List.of());
      entries.add(
          new Published(
              entries.size() + 1,
              new FileRef("indexes/photos/" + name + "/manifest.json", 1, "0".repeat(64)),
              "run",
              "id",
              rollback ? Optional.of(verdict) : Optional.empty()));
    }
    return new PublicationHistory(entries);
  }

  @ParameterizedTest
  @CsvSource({
    "1 2, 1",
    "1 2 3, 2",
    "1 2 2, 1",
    "1 2 3 r2, 1",
    "1 2 3 r2 r1 4, 1",
    "1 2 3 r2 4, 2",
    "1 2 3 r2 4 r2, 1",
    "1 2 1, 2",
  })
  void whatWasLiveBefore(String generations, int expected) {
    assertThat(log(generations).previous().map(Generation::number)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({"''", "1", "1 2 r1", "1 1"})
  void sometimesThereIsNothingEarlier(String generations) {
    assertThat(log(generations).previous()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1 2 4 r2, 4",
    "1 2 3 r2 r1, 2 3",
    "1 2 3 r2 r3, 2",
    "1 2 3 r2 4, ''",
    // What a slow publisher did is nobody's wish.
    "1 2 3 2, ''",
    "1 2, ''",
    "'', ''",
  })
  void onlyWhatSomebodyWentBackFromWasLeft(String generations, String left) {
    assertThat(log(generations).leftSince())
        .containsExactlyInAnyOrderElementsOf(
            left.isEmpty()
                ? List.of()
                : Stream.of(left.split(" ", -1)).map(Integer::valueOf).toList());
  }
}
