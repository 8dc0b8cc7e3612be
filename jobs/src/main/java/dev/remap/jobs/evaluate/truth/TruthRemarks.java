package dev.remap.jobs.evaluate.truth;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What the user should know of a truth and the images that are indexed. */
public final class TruthRemarks {
  private static final int NAMED = 3;

  private TruthRemarks() {}

  /** The first names of a list. */
  public static String some(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (names.size() > NAMED ? ", …" : "");
  }

  /** What the truth lists twice for a query. */
  public static Stream<String> repeated(ProtocolTruth truth) {
    return truth.repeated() == 0
        ? Stream.empty()
        : Stream.of(
            "entries of the truth that list an image of their query once more: %,d; each image counts once"
                .formatted(truth.repeated()));
  }

  /** Queries that the truth wants to find themselves, which the protocol does not look at. */
  public static Stream<String> themselves(ProtocolTruth truth) {
    List<String> some = truth.findingThemselves();
    return some.isEmpty()
        ? Stream.empty()
        : Stream.of(
            "queries that the truth has among what they should find: %,d (%s); the protocol takes them out of that"
                .formatted(some.size(), some(some)));
  }

  /** Of the names of Holidays: queries that are alone, and groups without their query. */
  public static Stream<String> unasked(ProtocolTruth truth, Set<String> found) {
    if (truth.protocol() != Protocol.HOLIDAYS) {
      return Stream.empty();
    }
    Set<String> asked = new HashSet<>(truth.queries());
    List<String> alone =
        found.stream()
            .filter(name -> name.endsWith("00") && !asked.contains(name))
            .sorted()
            .toList();
    List<String> groups =
        found.stream()
            .map(name -> name.substring(0, name.length() - 2))
            .distinct()
            .filter(group -> !found.contains(group + "00"))
            .sorted()
            .toList();
    List<String> remarks = new ArrayList<>();
    if (!alone.isEmpty()) {
      remarks.add(
          "queries without another image of their group, left out: %,d (%s)"
              .formatted(alone.size(), some(alone)));
    }
    if (!groups.isEmpty()) {
      remarks.add(
          "groups whose query is not indexed, left out: %,d (%s)"
              .formatted(groups.size(), some(groups)));
    }
    return remarks.stream();
  }

  /** Relevant images that are not indexed count as not found. */
  public static void missing(ProtocolTruth truth, Map<String, Long> keys, List<String> remarks) {
    Set<String> relevant = new HashSet<>();
    truth.judged().forEach(one -> relevant.addAll(one.relevant()));
    List<String> missing =
        relevant.stream().filter(name -> !keys.containsKey(name)).sorted().toList();
    if (missing.size() == relevant.size() && !relevant.isEmpty()) {
      throw new InputException(
          "None of the %,d images that the truth wants to be found is indexed (%s): is this its"
              + " catalogue?",
          missing.size(), some(missing));
    }
    if (!missing.isEmpty()) {
      remarks.add(
          "%,d of %,d images that should be found are not indexed, and count as not found (%s)"
              .formatted(missing.size(), relevant.size(), some(missing)));
    }
  }

  /** What is indexed and not named; and what a truth lists that is not indexed. */
  public static void distractors(
      ProtocolTruth truth, Map<String, Long> keys, long images, List<String> remarks) {
    long known =
        Stream.concat(truth.names().stream(), truth.listed().stream())
            .filter(keys::containsKey)
            .map(keys::get)
            .distinct()
            .count();
    remarks.add(
        String.format(
            Locale.ROOT,
            "indexed images: %,d, of which the truth names %,d and not %,d (distractors, wrong wherever"
                + " they stand)",
            images,
            known,
            images - known));
    Set<String> listed = new HashSet<>(truth.listed());
    truth.judged().forEach(one -> listed.removeAll(one.relevant()));
    List<String> missing =
        listed.stream().filter(name -> !keys.containsKey(name)).sorted().toList();
    if (!missing.isEmpty()) {
      remarks.add(
          "%,d of %,d images that the truth lists and no query should find are not indexed (%s): with"
                  .formatted(missing.size(), listed.size(), some(missing))
              + " fewer wrong answers than the published collection has, scores are higher");
    }
  }
}
