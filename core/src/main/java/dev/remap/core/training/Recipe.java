package dev.remap.core.training;

import java.util.List;

/**
 * How a head is trained. What the papers do not say is a value here.
 *
 * @param loss one of {@link #losses}
 * @param margin of the loss; 0 for the one of its source
 * @param optimiser one of {@link #optimisers}
 * @param momentum of {@code sgd}, in [0, 1)
 * @param alphaRate learning rate of the region weights, whose mean is 1 at the start
 * @param exponentRate learning rate of the exponents, as a share of their mean at the start
 * @param projectionRate learning rate of shift and projection, as a share of their usual size
 * @param networkRate learning rate of the network, as a share of each tensor's usual size
 * @param decay weight decay of all but exponents, added to the gradient
 * @param epochs at the most
 * @param patience epochs without a better one after which it ends
 * @param batch tuples of a step; images, for {@code ap}
 * @param queries of an epoch, at the most
 * @param negatives of a query
 * @param schedule of all learning rates
 * @param seed of the order of queries and of their positives
 */
public record Recipe(
    String loss,
    double margin,
    String optimiser,
    double momentum,
    double alphaRate,
    double exponentRate,
    double projectionRate,
    double networkRate,
    double decay,
    int epochs,
    int patience,
    int batch,
    int queries,
    int negatives,
    RateSchedule schedule,
    long seed) {
  public Recipe {
    RankingLoss.Kind.of(loss);
    Optimiser.Method.of(optimiser);
  }

  /** The names of losses. */
  public static List<String> losses() {
    return RankingLoss.Kind.labels();
  }

  /** The names of optimisers. */
  public static List<String> optimisers() {
    return Optimiser.Method.labels();
  }

  RankingLoss ranking() {
    return RankingLoss.Kind.of(loss).loss(margin);
  }
}
