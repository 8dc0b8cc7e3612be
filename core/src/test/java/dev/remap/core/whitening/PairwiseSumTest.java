package dev.remap.core.whitening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PairwiseSumTest {
  private static final long SEED = 13;

  private static String naive(boolean[] there, int from, int to) {
    if (to - from == 1) {
      return there[from] ? Integer.toString(from) : "";
    }
    int middle = (from + to) / 2;
    String left = naive(there, from, middle);
    String right = naive(there, middle, to);
    return left.isEmpty() || right.isEmpty() ? left + right : "(" + left + "+" + right + ")";
  }

  private static PairwiseSum<String> strings() {
    return new PairwiseSum<>((left, right) -> "(" + left + "+" + right + ")");
  }

  @Test
  void termsAreAddedAlongTheTreeOverTheirNumbers() {
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      boolean[] there = new boolean[64];
      PairwiseSum<String> sum = strings();
      int share = 1 + random.nextInt(6);
      for (int i = 0; i < there.length; i++) {
        there[i] = random.nextInt(share) == 0;
        if (there[i]) {
          sum.add(i, Integer.toString(i));
        }
      }
      assertThat(sum.sum().orElse("")).as("seed %d", SEED).isEqualTo(naive(there, 0, 64));
    }
  }

  @Test
  void sumsOfAlignedRunsAddUpToTheSumOfAll() {
    Random random = new Random(SEED);
    for (int runs : new int[] {1, 2, 4, 16, 64}) {
      PairwiseSum<Double> all = new PairwiseSum<>(Double::sum);
      PairwiseSum<Double> ofRuns = new PairwiseSum<>(Double::sum);
      for (int run = 0; run < runs; run++) {
        PairwiseSum<Double> inside = new PairwiseSum<>(Double::sum);
        for (int i = run * 64 / runs; i < (run + 1) * 64 / runs; i++) {
          if (random.nextInt(5) > 0) {
            double term = random.nextGaussian() * Math.scalb(1.0, random.nextInt(60));
            all.add(i, term);
            inside.add(i, term);
          }
        }
        int number = run;
        inside.sum().ifPresent(sum -> ofRuns.add(number, sum));
      }
      assertThat(ofRuns.sum()).as("%d runs, seed %d", runs, SEED).isEqualTo(all.sum());
    }
  }

  @Test
  void nothingIsTheSumOfNothingAndNumbersMustRise() {
    PairwiseSum<String> sum = strings();
    assertThat(sum.sum()).isEmpty();
    sum.add(5, "five");
    assertThatThrownBy(() -> sum.add(5, "again")).hasMessage("term 5 comes after term 5");
  }
}
