package dev.remap.core.training;

import dev.remap.core.training.head.Learnable;
import java.util.List;
import java.util.Map;

/**
 * How a head is trained. What the papers do not say is a value here.
 *
 * @param loss one of {@link #losses}
 * @param margin of the loss; 0 for the one of its source
 * @param optimiser one of {@link #optimisers}
 * @param momentum of {@code sgd}, in [0, 1)
 * @param rates learning rates of what learns, as shares of the usual size of what is learnt: of
 *     region weights and of exponents their mean at the start, and of a tensor its root mean square
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
    Map<Learnable, Double> rates,
    double decay,
    int epochs,
    int patience,
    int batch,
    int queries,
    int negatives,
    RateSchedule schedule,
    long seed) {
  public Recipe {
    rates = Map.copyOf(rates);
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

  /**
   * All of it. As it was written when weights and a projection alone could learn: the rates of
   * other parts, and a schedule, stand in it where there are some, so that what was trained before
   * keeps its name.
   */
  public String text() {
    StringBuilder text = new StringBuilder("Recipe[");
    text.append("loss=%s, margin=%s, optimiser=%s, ".formatted(loss, margin, optimiser));
    text.append("momentum=%s, ".formatted(momentum));
    for (Learnable part : Learnable.values()) {
      if (rates.containsKey(part) || part == Learnable.ALPHA || part == Learnable.PROJECTION) {
        text.append("%s=%s, ".formatted(name(part), rate(part)));
      }
    }
    text.append("decay=%s, epochs=%d, ".formatted(decay, epochs));
    text.append("patience=%d, batch=%d, queries=%d, ".formatted(patience, batch, queries));
    text.append("negatives=%d, ".formatted(negatives));
    if (!schedule.equals(RateSchedule.CONSTANT)) {
      text.append("schedule=%s, ".formatted(schedule));
    }
    return text.append("seed=%d]".formatted(seed)).toString();
  }

  private static String name(Learnable part) {
    return switch (part) {
      case ALPHA -> "alphaRate";
      case EXPONENTS -> "exponentRate";
      case REGION_PROJECTION -> "regionProjectionRate";
      case ATTENTION -> "attentionRate";
      case PROJECTION -> "projectionRate";
      case NETWORK -> "networkRate";
    };
  }

  /** The learning rate of a part; 0 if it stays as it is. */
  double rate(Learnable part) {
    return rates.getOrDefault(part, 0.0);
  }

  RankingLoss ranking() {
    return RankingLoss.Kind.of(loss).loss(margin);
  }
}
