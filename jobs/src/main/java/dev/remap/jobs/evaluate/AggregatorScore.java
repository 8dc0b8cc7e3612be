package dev.remap.jobs.evaluate;

import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * How one aggregator did.
 *
 * @param components of its raw vectors
 * @param raw average precision of each query, by cosine of raw vectors
 * @param dimension of the whitened vectors; 0 if there is no whitening
 * @param whitened average precision of each query, by cosine of whitened vectors; NaN without
 * @param reason why the whitening has that dimension, or why there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Carries numbers; never compared.
record AggregatorScore(
    String name, int components, double[] raw, int dimension, double[] whitened, String reason)
    implements Serializable {

  /**
   * One aggregator to be scored.
   *
   * @param from first component of its vectors among those of all
   * @param to the one after the last
   */
  record Task(String name, int from, int to, WhiteningOptions options) implements Serializable {
    AggregatorScore score(DescribedSample sample, LongConsumer done) {
      double[] raw = precisions(sample, normalised(slices(sample.vectors())));
      AggregatorScore score = whitened(sample, raw);
      done.accept(1);
      return score;
    }

    private AggregatorScore whitened(DescribedSample sample, double[] raw) {
      Moments moments = Moments.full(to - from);
      slices(sample.fitting()).forEach(moments::add);
      try (TorchEigenSolver solver = new TorchEigenSolver()) {
        Whitening whitening = Whitening.fit(moments, options, solver);
        List<float[]> projected =
            slices(sample.vectors()).stream().map(whitening::project).toList();
        return new AggregatorScore(
            name,
            to - from,
            raw,
            whitening.dimension(),
            precisions(sample, projected),
            whitening.reason());
      } catch (IllegalArgumentException e) {
        double[] none = new double[raw.length];
        Arrays.fill(none, Double.NaN);
        return new AggregatorScore(name, to - from, raw, 0, none, e.getMessage());
      }
    }

    private List<float[]> slices(List<float[]> vectors) {
      return vectors.stream().map(vector -> Arrays.copyOfRange(vector, from, to)).toList();
    }
  }

  private static List<float[]> normalised(List<float[]> vectors) {
    return vectors.stream().map(AggregatorScore::normalised).toList();
  }

  /** Divided by its L2 norm; one of zeros stays. */
  static float[] normalised(float[] vector) {
    double norm = Math.sqrt(dot(vector, vector));
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = norm == 0 ? 0 : (float) (vector[i] / norm);
    }
    return unit;
  }

  /** Of every query among all members but itself; equally near ones in the order of their keys. */
  static double[] precisions(DescribedSample sample, List<float[]> vectors) {
    GroupTruth truth = new GroupTruth();
    List<Long> keys = new ArrayList<>();
    for (LabelledSample.Member member : sample.members()) {
      keys.add(member.image().key());
      truth.add(member.image().key(), member.group());
    }
    double[] precisions = new double[sample.queries()];
    for (int q = 0; q < precisions.length; q++) {
      float[] query = vectors.get(sample.queryPlaces().get(q));
      double[] similarity = vectors.stream().mapToDouble(vector -> dot(query, vector)).toArray();
      List<Long> ranking =
          IntStream.range(0, similarity.length)
              .boxed()
              .sorted(
                  Comparator.comparingDouble((Integer i) -> -similarity[i])
                      .thenComparing(keys::get))
              .map(keys::get)
              .toList();
      precisions[q] = truth.precision(sample.query(q).image().key(), ranking, Set.of());
    }
    return precisions;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
