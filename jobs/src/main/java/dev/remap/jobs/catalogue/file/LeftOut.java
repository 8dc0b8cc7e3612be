package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.store.LookAhead;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * What a listing left out on purpose, counted by reason. A task counts what it walks, and hands its
 * count over behind the images that it found: see {@link #counting}. Counts add up to the same in
 * any order; memory is bounded, whatever was left out.
 */
public final class LeftOut implements Found {
  /** Its detail is the ending. */
  public static final String ENDING = "other ending";

  /** Its detail is the name, with a slash behind that of a folder; what is in it is not counted. */
  public static final String HIDDEN = "hidden";

  /** What a filesystem or a job keeps beside the user's files; its detail is the name. */
  public static final String HOUSEKEEPING = "housekeeping";

  /** What an object store keeps in place of a folder. */
  static final String FOLDER_MARKER = "folder marker";

  /** A pipe, a socket or a device; reading one may never end. */
  public static final String NO_FILE = "neither file nor folder";

  private static final long serialVersionUID = 1;

  /** What begins each name under which a run's record keeps a count. */
  private static final String RECORDED = "left out";

  /** Of each reason, the first by name of so many are told apart. */
  private static final int MOST_DETAILS = 1000;

  private static final int MOST_RECORDED = 20;
  private static final int MOST_SAID = 5;
  private static final int DETAIL_LENGTH = 200;

  private final SortedMap<String, Tally> tallies = new TreeMap<>();
  private long takenAsS3a;

  /** Of one reason; the named ones are those that come first, so that sums of sums are exact. */
  private static final class Tally implements Serializable {
    private static final long serialVersionUID = 1;
    private long total;
    private final TreeMap<String, Long> named = new TreeMap<>();

    void add(String detail, long count) {
      total += count;
      if (!detail.isEmpty()) {
        named.merge(detail, count, Long::sum);
        if (named.size() > MOST_DETAILS) {
          named.pollLastEntry();
        }
      }
    }

    void add(Tally other) {
      total += other.total;
      other.named.forEach((detail, count) -> named.merge(detail, count, Long::sum));
      while (named.size() > MOST_DETAILS) {
        named.pollLastEntry();
      }
    }
  }

  /**
   * What was left out for one reason.
   *
   * @param total how many
   * @param details what they were, as far as they are told apart, most frequent first
   */
  public record Reason(String words, long total, List<Detail> details) {
    /** For example {@code 12 × other ending (9 × .heic, 3 × .mov)}. */
    public String text() {
      String text = String.format(Locale.ROOT, "%,d × %s", total, words);
      return details.isEmpty() ? text : text + " (" + examples() + ")";
    }

    /** The most frequent details. */
    public String examples() {
      if (details.size() == 1 && details.get(0).count == total) {
        return details.get(0).words;
      }
      long said = details.stream().limit(MOST_SAID).mapToLong(Detail::count).sum();
      return details.stream().limit(MOST_SAID).map(Detail::text).collect(Collectors.joining(", "))
          + (said < total ? ", …" : "");
    }
  }

  /** What an ending, a name or a place was, and how often. */
  public record Detail(String words, long count) {
    public String text() {
      return count == 1 ? words : String.format(Locale.ROOT, "%,d × %s", count, words);
    }
  }

  /**
   * Counts one.
   *
   * @param reason a few words without a comma
   * @param detail what tells the user which it was: an ending, a name, a place; may be empty
   */
  public LeftOut add(String reason, String detail) {
    tally(reason).add(printable(detail), 1);
    return this;
  }

  /** Adds another count to this one. */
  public LeftOut add(LeftOut other) {
    other.tallies.forEach((reason, tally) -> tally(reason).add(tally));
    takenAsS3a += other.takenAsS3a;
    return this;
  }

  /** Counts a URI that is not left out, and that has an old name of S3. */
  public void addTakenAsS3a() {
    takenAsS3a++;
  }

  /** URIs with an old name of S3, which are listed under its name of today. */
  public long takenAsS3a() {
    return takenAsS3a;
  }

  private Tally tally(String reason) {
    return tallies.computeIfAbsent(reason, unused -> new Tally());
  }

  /** Names are strangers' text. */
  private static String printable(String detail) {
    StringBuilder text = new StringBuilder();
    detail
        .codePoints()
        .limit(DETAIL_LENGTH)
        .forEach(
            point -> {
              switch (Character.getType(point)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    text.append(String.format(Locale.ROOT, "\\u%04X", point));
                default -> text.appendCodePoint(point);
              }
            });
    return text.toString();
  }

  public boolean isEmpty() {
    return tallies.isEmpty();
  }

  public long total() {
    return tallies.values().stream().mapToLong(tally -> tally.total).sum();
  }

  /** Most frequent first. */
  public List<Reason> reasons() {
    return tallies.entrySet().stream()
        .map(
            entry ->
                new Reason(
                    entry.getKey(),
                    entry.getValue().total,
                    entry.getValue().named.entrySet().stream()
                        .map(named -> new Detail(named.getKey(), named.getValue()))
                        .sorted(Comparator.comparingLong(Detail::count).reversed())
                        .toList()))
        .sorted(Comparator.comparingLong(Reason::total).reversed())
        .toList();
  }

  /** For example {@code 3 left out: 2 × other ending (.heic), 1 × hidden (.DS_Store)}. */
  @Override
  public String toString() {
    return reasons().stream()
        .map(Reason::text)
        .collect(
            Collectors.joining(
                ", ",
                String.format(Locale.ROOT, "%,d left out%s", total(), isEmpty() ? "" : ": "),
                ""));
  }

  /** As a run's record keeps it, beside its other counts. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put(RECORDED, total());
    for (Reason reason : reasons()) {
      String name = RECORDED + ", " + reason.words;
      long rest = reason.total;
      for (Detail detail : reason.details.stream().limit(MOST_RECORDED).toList()) {
        counts.put(name + ", " + detail.words, detail.count);
        rest -= detail.count;
      }
      if (rest > 0) {
        counts.put(name, rest);
      }
    }
    return counts;
  }

  /** What {@link #counts} put among the counts of a run; null if that run counted none. */
  public static LeftOut among(Map<String, Long> counts) {
    if (!counts.containsKey(RECORDED)) {
      return null;
    }
    LeftOut leftOut = new LeftOut();
    counts.forEach(
        (name, count) -> {
          String[] parts = name.split(", ", 3);
          if (parts[0].equals(RECORDED) && parts.length > 1) {
            leftOut.tally(parts[1]).add(parts.length == 2 ? "" : parts[2], count);
          }
        });
    return leftOut;
  }

  /**
   * Walks items, and counts as it goes.
   *
   * @param one gives the image of an item; or counts it, and gives null
   */
  public static <T> Iterator<Found> counting(
      Iterator<T> items, BiFunction<T, LeftOut, ListedImage> one) {
    LeftOut leftOut = new LeftOut();
    return behind(
        new LookAhead<Found>() {
          @Override
          protected Found find() {
            Found image = null;
            while (image == null && items.hasNext()) {
              image = one.apply(items.next(), leftOut);
            }
            return image;
          }
        },
        leftOut);
  }

  /** What a walk finds, and behind it what the walk has counted by then, if anything. */
  public static Iterator<Found> behind(Iterator<? extends Found> found, LeftOut leftOut) {
    return new LookAhead<>() {
      private boolean told;

      @Override
      protected Found find() {
        if (found.hasNext()) {
          return found.next();
        }
        boolean tells = !told && (!leftOut.isEmpty() || leftOut.takenAsS3a > 0);
        told = true;
        return tells ? leftOut : null;
      }
    };
  }
}
