package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest {
  private static final Publication.Gate OPEN = live -> true;
  private static final Publication.Gate SHUT = live -> false;

  @TempDir private Path folder;
  private Store store;
  private Publication publication;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
    publication = new Publication(store, "photos");
  }

  @Test
  void hasNothingLiveAtFirst() {
    assertThat(publication.latest()).isEmpty();
    assertThat(publication.all()).isEmpty();
  }

  @Test
  void makesTheHighestNumberLive() {
    Optional<Published> first =
        publication.publish(generation("g1"), "run-1", Optional.empty(), SHUT);
    Optional<Published> second = publication.publish(generation("g2"), "run-2", first, SHUT);

    assertThat(first.orElseThrow().number()).isEqualTo(1);
    assertThat(second.orElseThrow().number()).isEqualTo(2);
    assertThat(publication.latest()).isEqualTo(second);
    assertThat(store.list("indexes/photos/published"))
        .containsExactly("00000001.json", "00000002.json");
  }

  @Test
  void goesBackByANewNumberThatNamesAnOldGeneration() {
    Optional<Published> first =
        publication.publish(generation("g1"), "run-1", Optional.empty(), SHUT);
    Optional<Published> second = publication.publish(generation("g2"), "run-2", first, SHUT);

    Optional<Published> back =
        publication.publish(first.orElseThrow().manifest(), "run-3", second, SHUT);

    assertThat(back.orElseThrow().number()).isEqualTo(3);
    assertThat(publication.latest().orElseThrow().manifest()).isEqualTo(generation("g1"));
    assertThat(publication.all()).hasSize(3);
  }

  @Test
  void asksTheGateAgainWhenSomethingElseIsLiveThanExpected() {
    Optional<Published> first =
        publication.publish(generation("g1"), "run-1", Optional.empty(), SHUT);
    List<Optional<Published>> asked = new ArrayList<>();

    assertThat(publication.publish(generation("g2"), "run-2", Optional.empty(), SHUT)).isEmpty();
    assertThat(
            publication.publish(
                generation("g2"), "run-2", Optional.empty(), live -> asked.add(live)))
        .isPresent();

    assertThat(asked).containsExactly(first);
  }

  @Test
  void asksTheGateAgainWhenAnotherIsFaster() {
    List<Integer> asked = new ArrayList<>();
    Publication.Gate gate =
        live -> {
          asked.add(live.map(Published::number).orElse(0));
          if (asked.size() < 3) {
            publication.publish(generation("fast"), "run-fast", live, OPEN);
          }
          return true;
        };
    publication.publish(generation("g1"), "run-1", Optional.empty(), OPEN);

    Optional<Published> own =
        publication.publish(generation("g2"), "run-2", Optional.empty(), gate);

    assertThat(asked).containsExactly(1, 2, 3);
    assertThat(own.orElseThrow().number()).isEqualTo(4);
  }

  @Test
  void losesNothingAndLeavesNoGapWhenEightPublishAtOnce() throws Exception {
    int each = 5;
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Callable<List<Integer>>> publishers =
        IntStream.range(0, 8)
            .<Callable<List<Integer>>>mapToObj(i -> () -> publishMany("run-" + i, each))
            .toList();
    List<Integer> numbers = new ArrayList<>();
    for (Future<List<Integer>> published : pool.invokeAll(publishers)) {
      numbers.addAll(published.get());
    }
    pool.shutdown();

    List<Integer> expected = IntStream.rangeClosed(1, 8 * each).boxed().toList();
    assertThat(numbers).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(publication.all()).extracting(Published::number).isEqualTo(expected);
  }

  private List<Integer> publishMany(String run, int times) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      Published entry =
          publication
              .publish(generation(run + "-" + i), run, publication.latest(), OPEN)
              .orElseThrow();
      assertThat(entry.run()).isEqualTo(run);
      numbers.add(entry.number());
    }
    return numbers;
  }

  @Test
  void writesEntriesAsTheGoldenFileHasThem() {
    Published entry = new Published(42, generation("g1"), "run-1", "some-id");

    assertThat(entry.toBytes()).asString().isEqualTo(Golden.text("published"));
    assertThat(Published.parse("golden", Golden.bytes("published"), 42)).isEqualTo(entry);
  }

  @Test
  void refusesAnEntryUnderAnotherNumber() {
    assertThatThrownBy(() -> Published.parse("golden", Golden.bytes("published"), 41))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("its field number is 42");
  }

  private static FileRef generation(String name) {
    return new FileRef("indexes/photos/" + name + "/manifest.json", 10, "0".repeat(64));
  }
}
