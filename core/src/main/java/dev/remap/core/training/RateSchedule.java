package dev.remap.core.training;

/**
 * What learning rates are multiplied by: it rises from 0 to 1 while they warm up, and falls from
 * then on as e to the power of −{@code decay} for each epoch (cirtorch: 0.01).
 *
 * @param warmUp epochs, also parts of one; 0 for none
 * @param decay 0 for none
 */
public record RateSchedule(double warmUp, double decay) {
  /** Rates that stay as they are. */
  public static final RateSchedule CONSTANT = new RateSchedule(0, 0);

  /**
   * The factor of a step.
   *
   * @param epochs that have been learnt by the end of it: those done, and a part of one
   */
  double factor(double epochs) {
    double risen = warmUp == 0 ? 1 : Math.min(1, epochs / warmUp);
    return risen * StrictMath.exp(-decay * Math.max(0, epochs - warmUp));
  }
}
