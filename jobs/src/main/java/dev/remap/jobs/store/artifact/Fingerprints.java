package dev.remap.jobs.store.artifact;

import dev.remap.jobs.store.StoreException;
import java.util.Map;
import java.util.TreeSet;

/** What things were made from, by name; things made from different inputs must not be mixed. */
public final class Fingerprints {
  private Fingerprints() {}

  /**
   * Throws {@link StoreException} naming both sides unless each name that one side has stands on
   * the other with the same fingerprint.
   *
   * @param one what the first fingerprints belong to, for the message
   * @param other what the second belong to
   */
  public static void requireSame(
      String one, Map<String, String> ones, String other, Map<String, String> others) {
    TreeSet<String> names = new TreeSet<>(ones.keySet());
    names.addAll(others.keySet());
    for (String name : names) {
      String left = ones.getOrDefault(name, "none");
      String right = others.getOrDefault(name, "none");
      if (!left.equals(right)) {
        throw new StoreException(
            one
                + " was made from "
                + name
                + " "
                + left
                + " and "
                + other
                + " from "
                + right
                + ": they must not be mixed; make both from the same one");
      }
    }
  }
}
