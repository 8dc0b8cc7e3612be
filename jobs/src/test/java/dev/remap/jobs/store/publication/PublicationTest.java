package dev.remap.jobs.store.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Golden;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.publication.VerdictCheck.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    Published entry = new Published(42, generation("g1"), "run-1", "some-id", Optional.empty());

    assertThat(entry.toBytes()).asString().isEqualTo(Golden.text("published"));
    assertThat(Published.parse("golden", Golden.bytes("published"), 42)).isEqualTo(entry);
  }

  @Test
  void writesVerdictsAsTheGoldenFileHasThem() {
    Verdict verdict =
        new Verdict(
            Verdict.Act.FORCED,
            new TreeMap<>(Map.of("generation", "00000007", "compared-with", "00000006")),
            List.of(
                VerdictCheck.balanced("books", 311, "311 entries"),
                VerdictCheck.of("copies", Outcome.FAILED, 0.25, 0.01, "a drop").against(0.75),
                VerdictCheck.of("drift", Outcome.RETRAIN, 46.5, 45, "46.5°"),
                VerdictCheck.skipped("groups", "none are named")));
    Published entry =
        new Published(43, generation("g7"), "run-2", "other-id", Optional.of(verdict));

    assertThat(entry.toBytes()).asString().isEqualTo(Golden.text("published-verdict"));
    assertThat(Published.parse("golden", Golden.bytes("published-verdict"), 43)).isEqualTo(entry);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"act\" : \"forced\" | \"act\" : \"bribed\" | verdict.act is \"bribed\"",
        "\"outcome\" : \"retrain\" | \"outcome\" : \"?\" | verdict.checks[2].outcome is \"?\"",
        "\"value\" : 46.5 | \"value\" : \"46.5\" | verdict.checks[2].value is \"46.5\"",
        "\"value\" : 46.5 | \"value\" : 1e999 | verdict.checks[2].value is",
        "\"value\" : 46.5 | \"worth\" : 46.5 | verdict.checks[2].worth is not known",
      })
  void namesWhatIsWrongWithADamagedVerdict(String good, String bad, String part) {
    String damaged = Golden.unsealed("published-verdict").replace(good, bad);
    assertThat(damaged).contains(bad);

    assertThatThrownBy(
            () -> Published.parse("golden", damaged.getBytes(StandardCharsets.UTF_8), 43))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(part);
  }

  @Test
  void recordsTheVerdictOfTheGatesLastLook() {
    Publication.Gate gate =
        new Publication.Gate() {
          private Optional<Published> seen = Optional.empty();

          @Override
          public boolean admits(Optional<Published> live) {
            seen = live;
            return true;
          }

          @Override
          public Optional<Verdict> verdict() {
            String last = seen.map(live -> Integer.toString(live.number())).orElse("none");
            return Optional.of(
                new Verdict(Verdict.Act.PASSED, new TreeMap<>(Map.of("live", last)), List.of()));
          }
        };
    publication.publish(generation("g1"), "run-1", Optional.empty(), OPEN);

    publication.publish(generation("g2"), "run-2", Optional.empty(), gate);

    Verdict verdict = publication.latest().orElseThrow().verdict().orElseThrow();
    assertThat(verdict.about()).containsEntry("live", "1");
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
