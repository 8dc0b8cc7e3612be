package dev.remap.core.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.evaluation.PairedBootstrap.Drop;
import dev.remap.core.evaluation.PairedBootstrap.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
  private static final long SEED = 91;

  /** {@code lost} of {@code queries} are found before and not after; each is a unit. */
  private static List<Pair> losing(int queries, int lost) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < queries; i++) {
      pairs.add(new Pair(i, 1, i < lost ? 0 : 1));
    }
    return pairs;
  }

  @Test
  void theIntervalIsThatOfTheCentralLimitForManyQueries() {
    Random random = new Random(SEED);
    List<Pair> pairs = new ArrayList<>();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 1000; i++) {
      double before = random.nextDouble();
      double drop = 0.05 + 0.3 * random.nextGaussian();
      pairs.add(new Pair(i, before, before - drop));
      sum += drop;
      squares += drop * drop;
    }
    double mean = sum / 1000;
    double half = 1.96 * Math.sqrt((squares / 1000 - mean * mean) / 1000);

    Drop drop = PairedBootstrap.of(pairs, SEED);

    assertThat(drop.mean()).isCloseTo(mean, within(1e-12));
    assertThat(drop.lower()).as("seed %d", SEED).isCloseTo(mean - half, within(0.1 * half));
    assertThat(drop.upper()).as("seed %d", SEED).isCloseTo(mean + half, within(0.1 * half));
  }

  @Test
  void aPlainLossExceedsTheBound() {
    Drop drop = PairedBootstrap.of(losing(400, 100), SEED);

    assertThat(drop.before()).isEqualTo(1);
    assertThat(drop.after()).isEqualTo(0.75);
    assertThat(drop.exceeds(0.01)).isTrue();
    assertThat(drop.exceeds(0.25)).isFalse();
  }

  @Test
  void aLossThatChanceExplainsDoesNotExceedTheBound() {
    // One of twenty: five points, and one resample in three has none of it.
    Drop drop = PairedBootstrap.of(losing(20, 1), SEED);

    assertThat(drop.mean()).isCloseTo(0.05, within(1e-12));
    assertThat(drop.lower()).isZero();
    assertThat(drop.exceeds(0.01)).isFalse();
  }

  @Test
  void aSureLossBelowTheBoundDoesNotExceedIt() {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      pairs.add(new Pair(i, 0.5, 0.495));
    }
    Drop drop = PairedBootstrap.of(pairs, SEED);

    assertThat(drop.lower()).isCloseTo(0.005, within(1e-12));
    assertThat(drop.exceeds(0.01)).isFalse();
  }

  @Test
  void equalScoresAndGainsAreNoLoss() {
    Drop equal = PairedBootstrap.of(losing(50, 0), SEED);
    assertThat(List.of(equal.lower(), equal.upper())).containsOnly(0.0);
    assertThat(equal.exceeds(0)).isFalse();

    List<Pair> gains =
        losing(50, 30).stream().map(p -> new Pair(p.unit(), p.after(), p.before())).toList();
    assertThat(PairedBootstrap.of(gains, SEED).exceeds(0)).isFalse();
  }

  @Test
  void queriesOfOneUnitCountAsOneDraw() {
    List<Pair> byQuery = losing(160, 8);
    List<Pair> byImage =
        byQuery.stream().map(p -> new Pair(p.unit() / 8, p.before(), p.after())).toList();

    assertThat(PairedBootstrap.of(byQuery, SEED).exceeds(0.01)).isTrue();
    Drop clustered = PairedBootstrap.of(byImage, SEED);
    assertThat(clustered.units()).isEqualTo(20);
    assertThat(clustered.mean()).isCloseTo(0.05, within(1e-12));
    assertThat(clustered.exceeds(0.01)).isFalse();
  }

  @Test
  void unitsWeighByTheirQueries() {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      pairs.add(new Pair(i % 3, 1, i % 3 == 0 ? 0 : 1));
    }
    pairs.add(new Pair(3, 1, 0));

    assertThat(PairedBootstrap.of(pairs, SEED).mean()).isCloseTo(11 / 31.0, within(1e-12));
  }

  @Test
  void noiseRefusesHardlyEver() {
    Random random = new Random(SEED);
    int refused = 0;
    for (int trial = 0; trial < 300; trial++) {
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        pairs.add(
            new Pair(i, random.nextDouble() < 0.8 ? 1 : 0, random.nextDouble() < 0.8 ? 1 : 0));
      }
      refused += PairedBootstrap.of(pairs, trial).exceeds(0.01) ? 1 : 0;
    }
    // 2.5 % are expected of equal systems: 7.5 of 300, and hardly ever more than 18.
    assertThat(refused).as("seed %d", SEED).isBetween(1, 18);
  }

  @Test
  void theSameSeedGivesTheSameInterval() {
    List<Pair> pairs = losing(100, 13);

    assertThat(PairedBootstrap.of(pairs, 5)).isEqualTo(PairedBootstrap.of(pairs, 5));
  }

  @Test
  void withoutQueriesThereIsNothingToCompare() {
    assertThatThrownBy(() -> PairedBootstrap.of(List.of(), SEED))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
