package dev.remap.jobs.store;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a layer or an artifact is made from, and how: ids, numbers and settings by name, as its
 * plan, ledger or manifest says. Two are equal if whatever is made from them is.
 *
 * @param byName each as the store writes it
 */
public record Inputs(SortedMap<String, String> byName) implements Serializable {
  public static final Inputs NONE = new Inputs(Collections.emptySortedMap());

  /** The number of the snapshot. */
  public static final String SNAPSHOT = "snapshot";

  /** The digest of what the snapshot lists. */
  public static final String LISTING = "listing";

  /** How many images the snapshot lists. */
  public static final String IMAGES = "images";

  /** The ids of artifacts. */
  public static final String EXTRACTOR = "extractor";

  public static final String WHITENING = "whitening";
  public static final String QUANTIZER = "quantizer";

  /** The kind of an index, and how many vectors its quantizer was trained on. */
  public static final String SPEC = "spec";

  public static final String POINTS = "points";

  /** The id of the quantizer whose centroids and codes another one's training began with. */
  public static final String START = "start";

  /** What a shard of an index holds, where it is not a range of keys. */
  public static final String LAYOUT = "layout";

  /** The index and the number of its generation. */
  public static final String INDEX = "index";

  public static final String GENERATION = "generation";

  /** How a k-NN graph was searched for. */
  public static final String K = "k";

  public static final String NPROBE = "nprobe";
  public static final String EF_SEARCH = "ef-search";
  public static final String DEPTH = "depth";

  /** The folder of the layer of a k-NN graph that a table was made from. */
  public static final String GRAPH = "graph";

  /** What was prepared of a graph: a method that follows searches, with its parameters. */
  public static final String METHOD = "method";

  /** From which score on two images are near copies, and which of them is kept. */
  public static final String THRESHOLD = "threshold";

  public static final String KEEP = "keep";

  /** The folder of the layer that says which vectors an index leaves out. */
  public static final String DUPLICATES = "duplicates";

  /** The number of the layer below; a layer without it stands on its own. */
  public static final String PARENT = "parent";

  /** The folders of the layers that a compaction has written as one, oldest first. */
  public static final String LAYERS = "layers";

  public Inputs {
    byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
  }

  public static Inputs of(String name, String value) {
    return NONE.with(name, value);
  }

  /** With one more, or another value. */
  public Inputs with(String name, String value) {
    TreeMap<String, String> more = new TreeMap<>(byName);
    more.put(name, value);
    return new Inputs(more);
  }

  /** With that number, if there is one. */
  public Inputs with(String name, Optional<Integer> number) {
    return number.map(value -> with(name, NumberedFolders.name(value))).orElse(this);
  }

  public Inputs without(String name) {
    TreeMap<String, String> fewer = new TreeMap<>(byName);
    fewer.remove(name);
    return new Inputs(fewer);
  }

  public Optional<String> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Throws {@link StoreException} if it is not there. */
  public String require(String name) {
    return find(name)
        .orElseThrow(
            () -> new StoreException("Something does not say what its " + name + " is: " + byName));
  }

  private int number(String name) {
    return Math.toIntExact(count(name));
  }

  private long count(String name) {
    String text = require(name);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new StoreException("Something has a " + name + " that is no number: " + byName, e);
    }
  }

  public int snapshot() {
    return number(SNAPSHOT);
  }

  public String listing() {
    return require(LISTING);
  }

  /** How many images the listing has, which its text begins with. */
  public long listed() {
    String text = listing();
    try {
      return Long.parseLong(text.substring(0, Math.max(0, text.indexOf('-'))));
    } catch (NumberFormatException e) {
      throw new StoreException("Something has a listing without a number of images: " + byName, e);
    }
  }

  /** Whether it is made from that listing. */
  public boolean isOf(String listing) {
    return find(LISTING).filter(listing::equals).isPresent();
  }

  public long images() {
    return count(IMAGES);
  }

  public String extractor() {
    return require(EXTRACTOR);
  }

  public String whitening() {
    return require(WHITENING);
  }

  public String quantizer() {
    return require(QUANTIZER);
  }

  public String spec() {
    return require(SPEC);
  }

  public String index() {
    return require(INDEX);
  }

  public int generation() {
    return number(GENERATION);
  }

  public int points() {
    return number(POINTS);
  }

  public Optional<Integer> parent() {
    return find(PARENT).map(parent -> number(PARENT));
  }

  public List<String> layers() {
    return List.of(require(LAYERS).split(",", -1));
  }

  /**
   * Throws {@link StoreException} naming both sides unless each name that one side has stands on
   * the other for the same.
   *
   * @param one what the first belong to, for the message
   * @param other what the second belong to
   */
  public static void requireSame(String one, Inputs ones, String other, Inputs others) {
    TreeSet<String> names = new TreeSet<>(ones.byName.keySet());
    names.addAll(others.byName.keySet());
    for (String name : names) {
      String left = ones.find(name).orElse("none");
      String right = others.find(name).orElse("none");
      if (!left.equals(right)) {
        throw new StoreException(
            "%s was made from %s %s and %s from %s: they must not be mixed; make both from the same one"
                .formatted(one, name, left, other, right));
      }
    }
  }
}
