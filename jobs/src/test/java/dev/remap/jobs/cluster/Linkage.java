package dev.remap.jobs.cluster;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * What the byte code of a jar names, by class, name and types, and other jars do not have: what
 * would end in a {@code NoSuchMethodError} when it is reached. Run by {@code bin/spark-matrix} as a
 * program of its own, for every Spark.
 */
final class Linkage {
  private static final String SUFFIX = ".class";
  private static final int MAGIC = 0xCAFEBABE;

  /** Tags of constants, by the Java Virtual Machine Specification, table 4.4-A. */
  private static final int UTF8 = 1;

  private static final int LONG = 5;
  private static final int DOUBLE = 6;
  private static final int CLASS = 7;
  private static final int STRING = 8;
  private static final int FIELD = 9;
  private static final int INTERFACE_METHOD = 11;
  private static final int NAME_AND_TYPE = 12;
  private static final int METHOD_HANDLE = 15;
  private static final int METHOD_TYPE = 16;
  private static final int MODULE = 19;
  private static final int PACKAGE = 20;

  /** Where each class is. */
  private final Map<String, JarFile> jars = new HashMap<>();

  private final Map<String, Parsed> parsed = new HashMap<>();

  private Linkage() {}

  /**
   * A class file.
   *
   * @param above superclass and interfaces
   * @param members name and descriptor of its own methods and fields
   * @param named what its code names: owner, a point, name, descriptor; or the owner alone
   */
  private record Parsed(List<String> above, Set<String> members, Set<Named> named) {}

  private record Named(String owner, String member) {}

  /**
   * Prints what is missing, a line each, and nothing if all is there.
   *
   * @param arguments a prefix of the classes that are looked at, such as {@code dev/remap/}, the
   *     jar that they are in, and the jars that it has to do with
   */
  public static void main(String[] arguments) throws IOException {
    Linkage linkage = new Linkage();
    for (int i = 1; i < arguments.length; i++) {
      linkage.add(new File(arguments[i]));
    }
    linkage.missing(arguments[0]).forEach(System.out::println);
  }

  private void add(File file) throws IOException {
    JarFile jar = new JarFile(file);
    for (String name : jar.stream().map(JarEntry::getName).toList()) {
      if (name.endsWith(SUFFIX)) {
        jars.putIfAbsent(name.substring(0, name.length() - SUFFIX.length()), jar);
      }
    }
  }

  private Set<String> missing(String prefix) throws IOException {
    Set<String> missing = new TreeSet<>();
    for (String name : List.copyOf(jars.keySet())) {
      if (name.startsWith(prefix)) {
        for (Named named : parsed(name).named) {
          if (!isThere(named)) {
            missing.add(
                name + " -> " + named.owner + (named.member.isEmpty() ? "" : "." + named.member));
          }
        }
      }
    }
    return missing;
  }

  private boolean isThere(Named named) throws IOException {
    if (named.owner.startsWith("[") || named.owner.matches("java/lang/invoke/(Method|Var)Handle")) {
      // Methods of arrays are Object's; a handle's have any types.
      return true;
    }
    return named.member.isEmpty()
        ? parsed(named.owner) != null
        : has(named.owner, named.member, new HashSet<>());
  }

  private boolean has(String owner, String member, Set<String> seen) throws IOException {
    Parsed type = seen.add(owner) ? parsed(owner) : null;
    if (type == null) {
      return false;
    }
    if (type.members.contains(member)) {
      return true;
    }
    for (String above : type.above) {
      if (has(above, member, seen)) {
        return true;
      }
    }
    // An interface has the methods of Object.
    return has("java/lang/Object", member, seen);
  }

  private Parsed parsed(String name) throws IOException {
    if (!parsed.containsKey(name)) {
      try (InputStream file = open(name + SUFFIX, jars.get(name))) {
        parsed.put(name, file == null ? null : parse(file.readAllBytes()));
      }
    }
    return parsed.get(name);
  }

  private static InputStream open(String file, JarFile jar) throws IOException {
    return jar == null
        ? ClassLoader.getPlatformClassLoader().getResourceAsStream(file)
        : jar.getInputStream(jar.getEntry(file));
  }

  private static Parsed parse(byte[] file) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
    if (in.readInt() != MAGIC) {
      throw new IOException("no class file");
    }
    in.readInt();
    Pool pool = new Pool(in);
    in.readUnsignedShort();
    in.readUnsignedShort();
    List<String> above = new ArrayList<>();
    int superclass = in.readUnsignedShort();
    if (superclass != 0) {
      above.add(pool.className(superclass));
    }
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      above.add(pool.className(in.readUnsignedShort()));
    }
    Set<String> members = new HashSet<>();
    // Fields, then methods.
    for (int kind = 0; kind < 2; kind++) {
      for (int left = in.readUnsignedShort(); left > 0; left--) {
        in.readUnsignedShort();
        members.add(pool.text(in.readUnsignedShort()) + pool.text(in.readUnsignedShort()));
        for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
          in.readUnsignedShort();
          in.skipNBytes(in.readInt());
        }
      }
    }
    return new Parsed(above, members, pool.named());
  }

  /** The constants of a class. */
  private static final class Pool {
    private final int[] tags;
    private final int[] first;
    private final int[] second;
    private final String[] texts;

    Pool(DataInputStream in) throws IOException {
      int size = in.readUnsignedShort();
      tags = new int[size];
      first = new int[size];
      second = new int[size];
      texts = new String[size];
      for (int i = 1; i < size; i++) {
        tags[i] = in.readUnsignedByte();
        switch (tags[i]) {
          case UTF8 -> texts[i] = in.readUTF();
          case LONG, DOUBLE -> {
            in.readLong();
            // Takes two places.
            i++;
          }
          case CLASS, STRING, METHOD_TYPE, MODULE, PACKAGE -> first[i] = in.readUnsignedShort();
          case METHOD_HANDLE -> {
            in.readUnsignedByte();
            in.readUnsignedShort();
          }
          default -> {
            first[i] = in.readUnsignedShort();
            second[i] = in.readUnsignedShort();
          }
        }
      }
    }

    String text(int index) {
      return texts[index];
    }

    String className(int index) {
      return texts[first[index]];
    }

    Set<Named> named() {
      Set<Named> named = new HashSet<>();
      for (int i = 1; i < tags.length; i++) {
        if (tags[i] == CLASS) {
          named.add(new Named(className(i), ""));
        } else if (tags[i] >= FIELD && tags[i] <= INTERFACE_METHOD) {
          int member = second[i];
          if (tags[member] == NAME_AND_TYPE) {
            named.add(new Named(className(first[i]), text(first[member]) + text(second[member])));
          }
        }
      }
      return named;
    }
  }
}
