package dev.remap.core.rerank;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The methods that may follow a search, with their parameters. */
public enum RerankMethod {
  /** The n best by their stored vectors rather than by their codes. */
  EXACT(new Parameter("n", 400, 1, 100_000, true)),
  /** {@link AverageExpansion}; k of Kalantidis et al. (CroW), 2016. */
  AQE(whole("k", 10)),
  /** {@link AlphaExpansion}; k and α of its authors. */
  ALPHA_QE(whole("k", 50), new Parameter("alpha", 3, 0, 100, false)),
  /** {@link DatabaseAugmentation}; k of Gordo et al., IJCV 2017. */
  DBA(listed("k", 20, 1, 1_000)),
  /** {@link KReciprocal}; k1, k2 and λ of its authors. */
  K_RECIPROCAL(
      compared("n", 400),
      whole("k1", 20),
      whole("k2", 6),
      new Parameter("lambda", 0.3, 0, 1, false)),
  /** {@link Diffusion}; kq, kd, n, α and γ of Yang et al., AAAI 2019; local: 1 as Iscen et al. */
  DIFFUSION(
      whole("kq", 10),
      listed("kd", 50, 2, 1_001),
      listed("n", 1000, 2, 1_001),
      new Parameter("alpha", 0.99, 0, 0.9999, false),
      new Parameter("gamma", 3, 0, 100, false),
      new Parameter("local", 0, 0, 1, true)),
  /** {@link SuperGlobal}; n (there M), k and β of its authors. */
  SUPER_GLOBAL(compared("n", 400), whole("k", 9), new Parameter("beta", 0.15, 0, 100, false)),
  /** {@link Heat}; n and the ground's share of its authors. */
  HEAT(compared("n", 800), new Parameter("ground", 0.1, 1e-6, 100, false));

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of records
  private final List<Parameter> parameters;

  RerankMethod(Parameter... parameters) {
    this.parameters = List.of(parameters);
  }

  /**
   * A number that a method takes.
   *
   * @param usual what it is where nothing is said
   */
  record Parameter(String name, double usual, double least, double most, boolean isWhole) {
    double read(String text) {
      try {
        double value = isWhole ? Integer.parseInt(text) : Double.parseDouble(text);
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      throw new IllegalArgumentException(
          "%s is '%s': it must be a %snumber from %s to %s"
              .formatted(name, text, isWhole ? "whole " : "", text(least), text(most)));
    }
  }

  /** No more than the lists of a k-NN graph may have, with the image itself. */
  private static Parameter listed(String name, int usual, int least, int most) {
    return new Parameter(name, usual, least, most, true);
  }

  /** Of images that are compared with each other: a matrix of so many rows is made of a query's. */
  private static Parameter compared(String name, int usual) {
    return new Parameter(name, usual, 1, 2_000, true);
  }

  private static Parameter whole(String name, int usual) {
    return new Parameter(name, usual, 1, 10_000, true);
  }

  /** A number as people write it: without a point where it is whole. */
  static String text(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  List<Parameter> parameters() {
    return parameters;
  }

  /** What the command line calls it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** How it is used where nothing is said: {@code aqe:k=10}. */
  public String usual() {
    return RerankStep.of(this, Map.of()).toString();
  }

  static RerankMethod of(String label) {
    return Arrays.stream(values())
        .filter(method -> method.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no method '%s'; there are %s".formatted(label, labels())));
  }

  private static String labels() {
    return Arrays.stream(values()).map(RerankMethod::label).collect(Collectors.joining(", "));
  }
}
