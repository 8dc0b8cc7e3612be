package dev.remap.jobs.catalogue;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What file names end in, after the last dot, in any case of letters. */
record Endings(Set<String> lowerCase) implements Serializable {
  static Endings of(Iterable<String> endings) {
    Set<String> lowerCase = new TreeSet<>();
    endings.forEach(ending -> lowerCase.add(ending.toLowerCase(Locale.ROOT)));
    return new Endings(lowerCase);
  }

  boolean has(String name) {
    int dot = name.lastIndexOf('.');
    return dot >= 0 && lowerCase.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
