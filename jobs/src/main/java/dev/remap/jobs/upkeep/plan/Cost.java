package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.config.Settings;
import java.util.Locale;

/**
 * What machines cost.
 *
 * @param rate of one executor for an hour; 0 if nobody said
 */
record Cost(double rate, String currency) {
  static Cost of(Settings settings) {
    return new Cost(
        settings.number("plan.rate-per-executor-hour", 0, 1e9), settings.string("plan.currency"));
  }

  boolean isKnown() {
    return rate > 0;
  }

  /** For example {@code 3.20 EUR}; small amounts with more digits. */
  String of(double seconds, int executors) {
    double amount = seconds / 3600 * executors * rate;
    String digits = amount >= 1 || amount == 0 ? "%,.2f" : "%.4f";
    return (String.format(Locale.ROOT, digits, amount) + " " + currency).strip();
  }
}
