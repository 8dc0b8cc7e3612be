package dev.remap.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import dev.remap.core.training.head.Vectors;
import dev.remap.core.whitening.Whitening;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadTest {
  private static final double STEP = 1e-6;
  private static final ArraySet SET = ArraySet.groups(4, 3, 3, 5);

  private static Head head(boolean projected) {
    Random random = new Random(11);
    float[][] perTap = new float[2][8];
    for (float[] row : perTap) {
      for (int i = 0; i < row.length; i++) {
        row[i] = 0.5f + random.nextFloat();
      }
    }
    RegionWeights weights = new RegionWeights(1, 2, perTap);
    return projected
        ? Head.of(SET.shape(), weights).projected(Heads.whitening(8, 5, 7))
        : Head.of(SET.shape(), weights);
  }

  private static Batch batch(RankingLoss loss) {
    List<Integer> all = IntStream.range(0, SET.images()).boxed().toList();
    int[] labels = ArraySet.labels(4, 3);
    return loss.takesTuples()
        ? Batch.of(
            List.of(
                new Tuple(0, 1, List.of(3, 6)),
                new Tuple(4, 3, List.of(9, 2)),
                new Tuple(8, 6, List.of(1, 11))),
            labels)
        : Batch.ranked(all, labels);
  }

  /** A margin that no triplet is beyond. */
  private static double margin(String loss) {
    return loss.equals("ap") ? 0 : 1.5;
  }

  @ParameterizedTest
  @CsvSource({
    "triplet, false",
    "triplet, true",
    "triplet-squared, false",
    "triplet-squared, true",
    "contrastive, false",
    "contrastive, true",
    "ap, false",
    "ap, true"
  })
  void gradientsAreCentralDifferences(String name, boolean projected) {
    RankingLoss loss = RankingLoss.Kind.of(name).loss(margin(name));
    Head head = head(projected);
    Batch batch = batch(loss);
    Parameters gradient = head.parameters().zeros();
    HeadTraining.gradient(head, SET, loss, batch, gradient);

    for (Part part : Part.values()) {
      double[] values = head.parameters().of(part);
      double[] differences = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        double value = values[i];
        values[i] = value + STEP;
        double above = HeadTraining.gradient(head, SET, loss, batch, gradient.zeros());
        values[i] = value - STEP;
        double below = HeadTraining.gradient(head, SET, loss, batch, gradient.zeros());
        values[i] = value;
        differences[i] = (above - below) / (2 * STEP);
      }
      double norm = Math.sqrt(Vectors.dot(differences, differences));
      assertThat(Vectors.distance(gradient.of(part), differences))
          .as("%s of %s", part, name)
          .isLessThanOrEqualTo(1e-5 * norm);
    }
  }

  @Test
  void theDescriptorIsThatOfTheExportedWeightsAndWhitening() {
    Head head = head(true);
    float[] regions = SET.vectors()[4];
    RegionWeights weights = head.weights();
    float[] sums = new float[8];
    int at = 0;
    for (int tap = 0; tap < 2; tap++) {
      int channels = SET.shape().channels().get(tap);
      for (int region = 0; region < 8; region++) {
        for (int c = 0; c < channels; c++) {
          sums[tap * 5 + c] += weights.perTap()[tap][region] * regions[at++];
        }
      }
    }
    Whitening whitening = Whitening.fromBytes(head.whitening().orElseThrow().toBytes());

    assertThat(head.raw(regions)).containsExactly(sums, within(1e-5f));
    assertThat(cosine(head.describe(regions), whitening.project(sums))).isGreaterThan(0.999999);
  }

  private static double cosine(float[] a, float[] b) {
    return Vectors.dot(a, b) / Math.sqrt(Vectors.dot(a, a) * Vectors.dot(b, b));
  }

  @Test
  void anImageWithoutActivationHasZerosAndNoGradient() {
    Head head = head(false);
    float[] zeros = new float[SET.shape().length()];
    Parameters gradient = head.parameters().zeros();
    head.backward(zeros, head.forward(zeros), new double[] {1, 1, 1, 1, 1, 1, 1, 1}, gradient);

    assertThat(head.describe(zeros)).containsOnly(0);
    assertThat(gradient.of(Part.ALPHA)).containsOnly(0);
  }

  @Test
  void whatDoesNotFitTheRegionsIsRefused() {
    assertThatThrownBy(() -> Head.of(SET.shape(), RegionWeights.ones(2, 2, 9)))
        .hasMessageContaining("The weights are of 2 taps with 9 regions");
    assertThatThrownBy(
            () ->
                Head.of(SET.shape(), RegionWeights.ones(2, 2, 8))
                    .projected(Heads.whitening(9, 5, 7)))
        .hasMessageContaining("9 components, not 8");
  }
}
