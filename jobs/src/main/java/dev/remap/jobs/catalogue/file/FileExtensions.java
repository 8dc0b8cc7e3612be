package dev.remap.jobs.catalogue.file;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What file names end in, after the last dot, in any case of letters; empty where there is none.
 */
record FileExtensions(Set<String> lowerCase) implements Serializable {
  static FileExtensions of(Iterable<String> endings) {
    Set<String> lowerCase = new TreeSet<>();
    endings.forEach(ending -> lowerCase.add(ending.toLowerCase(Locale.ROOT)));
    return new FileExtensions(lowerCase);
  }

  boolean has(String name) {
    int dot = name.lastIndexOf('.');
    return lowerCase.contains(dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }
}
