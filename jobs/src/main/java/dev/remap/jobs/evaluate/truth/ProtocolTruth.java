package dev.remap.jobs.evaluate.truth;

import dev.remap.core.evaluation.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the queries of a public collection should find, by names: image ids, or what is left of them
 * without folders and ending.
 *
 * @param judged every query in every setup
 * @param ignored images that are taken out of all rankings
 * @param listed images that are said to be in the collection, whether or not a query is about them;
 *     empty where the truth does not list it
 * @param repeated entries that list an image of their query once more, which counts once
 */
public record ProtocolTruth(
    Protocol protocol, List<Judged> judged, Set<String> ignored, Set<String> listed, int repeated) {
  public ProtocolTruth {
    judged = List.copyOf(judged);
  }

  /** One that does not list its collection. */
  public ProtocolTruth(Protocol protocol, List<Judged> judged, Set<String> ignored) {
    this(protocol, judged, ignored, Set.of(), 0);
  }

  /**
   * One query in one setup.
   *
   * @param setup easy, medium or hard; empty where there is but one
   * @param box x and y of the upper left corner, then of the lower right one, in pixels; empty for
   *     the whole image
   * @param relevant what should be retrieved
   * @param junk what counts neither way
   */
  public record Judged(
      String query, String setup, List<Double> box, Set<String> relevant, Set<String> junk) {}

  /** Queries that should find themselves, where the protocol takes them out of what they find. */
  List<String> findingThemselves() {
    return protocol.ignoresItself()
        ? judged.stream()
            .filter(one -> one.relevant.contains(one.query))
            .map(Judged::query)
            .distinct()
            .toList()
        : List.of();
  }

  /** The same without that. */
  public ProtocolTruth withoutThemselves() {
    if (findingThemselves().isEmpty()) {
      return this;
    }
    List<Judged> others = new ArrayList<>();
    for (Judged one : judged) {
      Set<String> relevant = new LinkedHashSet<>(one.relevant);
      relevant.remove(one.query);
      others.add(new Judged(one.query, one.setup, one.box, relevant, one.junk));
    }
    return new ProtocolTruth(protocol, others, ignored, listed, repeated);
  }

  /** All names. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>(ignored);
    for (Judged one : judged) {
      names.add(one.query);
      names.addAll(one.relevant);
      names.addAll(one.junk);
    }
    return names;
  }

  /** The queries' names, each once. */
  public List<String> queries() {
    return new ArrayList<>(new LinkedHashSet<>(judged.stream().map(Judged::query).toList()));
  }

  /** The setups, in their order. */
  public List<String> setups() {
    return new ArrayList<>(new LinkedHashSet<>(judged.stream().map(Judged::setup).toList()));
  }

  /** What queries should find, line by line. */
  public List<String> lines() {
    return judged.stream()
        .map(one -> one.query + "\t" + one.setup + "\t" + String.join("\t", one.relevant))
        .toList();
  }

  /** What an image is called without folders and ending. */
  public static String stem(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    return dot <= 0 ? file : file.substring(0, dot);
  }
}
