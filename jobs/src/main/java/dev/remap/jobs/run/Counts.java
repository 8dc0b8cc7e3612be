package dev.remap.jobs.run;

import java.util.LinkedHashMap;
import java.util.Map;

/** Named counts in the order they were added, for printing and for the run's record. */
public final class Counts {
  private final Map<String, Long> counts = new LinkedHashMap<>();

  public Counts add(String name, long count) {
    counts.merge(name, count, Long::sum);
    return this;
  }

  public long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  public Map<String, Long> counts() {
    return counts;
  }

  /** For example {@code listed 250 = described 248 + rejected 2}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (name, count) ->
            text.append(text.length() == 0 ? "" : ", ")
                .append(name)
                .append(' ')
                .append(String.format(java.util.Locale.ROOT, "%,d", count)));
    return text.toString();
  }
}
