package dev.remap.jobs.store.publication;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.JsonFields;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One thing that was looked at before a generation was published.
 *
 * @param name such as {@code self-retrieval}
 * @param outcome what came of it
 * @param value what was found, if it is a number
 * @param reference what it was compared with, such as the live generation's value
 * @param bound that the value, or its distance from the reference, had to keep
 * @param text the same for a person
 */
public record VerdictCheck(
    String name,
    Outcome outcome,
    OptionalDouble value,
    OptionalDouble reference,
    OptionalDouble bound,
    String text) {
  /** What can come of a check. */
  public enum Outcome {
    PASSED,
    /** Beyond the bound: not published, unless forced. */
    FAILED,
    /** Beyond a bound that asks for new training, and keeps nothing from being published. */
    RETRAIN,
    /** There was nothing to check; the text says why. */
    SKIPPED;

    private String json() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Throws {@link IllegalArgumentException} for a number that JSON has not. */
  public VerdictCheck {
    if (!(isFinite(value) && isFinite(reference) && isFinite(bound))) {
      throw new IllegalArgumentException("Check " + name + " has a number that is not finite");
    }
  }

  private static boolean isFinite(OptionalDouble number) {
    return Double.isFinite(number.orElse(0));
  }

  /** A check of a value against a bound. */
  public static VerdictCheck of(
      String name, Outcome outcome, double value, double bound, String text) {
    return new VerdictCheck(
        name,
        outcome,
        OptionalDouble.of(value),
        OptionalDouble.empty(),
        OptionalDouble.of(bound),
        text);
  }

  /** A check of books that balance: both sides are that number. */
  public static VerdictCheck balanced(String name, long number, String text) {
    return of(name, Outcome.PASSED, (double) number, (double) number, text);
  }

  /** A check that could not be made. */
  public static VerdictCheck skipped(String name, String why) {
    OptionalDouble none = OptionalDouble.empty();
    return new VerdictCheck(name, Outcome.SKIPPED, none, none, none, why);
  }

  /** This check, with what its value is or was to be compared with. */
  public VerdictCheck against(double other) {
    return new VerdictCheck(name, outcome, value, OptionalDouble.of(other), bound, text);
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object().put("check", name).put("outcome", outcome.json());
    value.ifPresent(number -> node.put("value", number));
    reference.ifPresent(number -> node.put("reference", number));
    bound.ifPresent(number -> node.put("bound", number));
    return node.put("text", text);
  }

  static VerdictCheck fromJson(JsonFields fields) {
    VerdictCheck check =
        new VerdictCheck(
            fields.text("check"),
            outcome(fields.text("outcome", VerdictCheck::isOutcome)),
            fields.optionalNumber("value"),
            fields.optionalNumber("reference"),
            fields.optionalNumber("bound"),
            fields.text("text"));
    fields.end();
    return check;
  }

  private static boolean isOutcome(String json) {
    return Arrays.stream(Outcome.values()).anyMatch(outcome -> outcome.json().equals(json));
  }

  private static Outcome outcome(String json) {
    return Outcome.valueOf(json.toUpperCase(Locale.ROOT));
  }
}
