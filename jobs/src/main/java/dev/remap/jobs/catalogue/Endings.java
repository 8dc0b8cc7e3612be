package dev.remap.jobs.catalogue;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What file names end in, after the last dot, in any case of letters; empty where there is none.
 */
record Endings(Set<String> lowerCase) implements Serializable {
  static Endings of(Iterable<String> endings) {
    Set<String> lowerCase = new TreeSet<>();
    endings.forEach(ending -> lowerCase.add(ending.toLowerCase(Locale.ROOT)));
    return new Endings(lowerCase);
  }

  boolean has(String name) {
    int dot = name.lastIndexOf('.');
    return lowerCase.contains(dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
