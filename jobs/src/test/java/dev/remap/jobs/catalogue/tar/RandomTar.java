package dev.remap.jobs.catalogue.tar;

import dev.remap.jobs.catalogue.tar.TarMember.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** A tar archive of random members, written block by block, and what was put into it. */
final class RandomTar {
  /** Where a block, ustar's name and its prefix are just full, and one beside. */
  private static final int[] LENGTHS = {1, 5, 97, 98, 99, 100, 101, 155, 156, 254, 255, 256, 257};

  private static final int[] SIZES = {0, 0, 1, 511, 512, 513, 1024, 1025, 3000};
  private static final String[] STEPS = {
    "a", "b c", "ü", "日本", "x%41", "-", "=", "#1", "\t", "ends.", "{q}"
  };

  /** One member as it was meant. */
  record Meant(String name, Kind kind, byte[] data, String target) {}

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Meant> members = new ArrayList<>();

  RandomTar(Random random) {
    this.random = random;
    for (int i = random.nextInt(8); i > 0; i--) {
      add();
    }
    out.writeBytes(new byte[512 * (2 + random.nextInt(20))]);
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  List<Meant> members() {
    return members;
  }

  private void add() {
    if (random.nextInt(8) == 0) {
      extension('g', record("comment", "made at random"));
    }
    switch (random.nextInt(12)) {
      case 0 -> member("5", name() + "/", Kind.FOLDER, new byte[0], "");
      case 1 -> member("1", name(), Kind.HARD_LINK, new byte[0], name());
      case 2 -> member("2", name(), Kind.SYMBOLIC_LINK, new byte[0], name());
      case 3 -> member("346", name(), Kind.DEVICE, new byte[0], "");
      case 4 -> gnuSparse();
      case 5 -> paxSparse();
      // As tar did it before there was a type of folders.
      case 6 -> member("\0" + "0", name() + "/", Kind.FOLDER, new byte[0], "");
      default -> member("\0" + "07", name(), Kind.FILE, data(), "");
    }
  }

  private byte[] data() {
    byte[] data = new byte[SIZES[random.nextInt(SIZES.length)]];
    random.nextBytes(data);
    return data;
  }

  /** A path whose steps end anywhere, at the edges of fields too. */
  private String name() {
    int length = LENGTHS[random.nextInt(LENGTHS.length)];
    StringBuilder name = new StringBuilder();
    while (bytes(name) < length) {
      name.append(STEPS[random.nextInt(STEPS.length)]);
      if (random.nextInt(4) == 0 && bytes(name) + 1 < length) {
        name.append('/');
      }
    }
    return name.append(members.size()).toString();
  }

  private static int bytes(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private void member(String types, String name, Kind kind, byte[] data, String target) {
    char type = types.charAt(random.nextInt(types.length()));
    String written = "./".repeat(random.nextInt(3)) + name;
    members.add(new Meant(name, kind, data, target));
    byte[] header = named(written, target, data.length);
    header[156] = (byte) type;
    size(header, data.length);
    if (kind == Kind.FILE && random.nextInt(6) == 0) {
      // GNU's number where it was not needed.
      Arrays.fill(header, 124, 136, (byte) 0);
      header[124] = (byte) 0x80;
      header[134] = (byte) (data.length >> 8);
      header[135] = (byte) data.length;
    }
    block(header);
    padded(data);
  }

  /** The member's header, behind whatever its names need. */
  private byte[] named(String name, String target, int size) {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    byte[] link = target.getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[512];
    int slash = prefixEnd(path);
    boolean fits = path.length <= 100 && link.length <= 100;
    int way = random.nextInt(fits ? 4 : 3);
    boolean ustar = way == 2 && slash > 0 && link.length <= 100;
    if (way == 3 || ustar) {
      // Nothing else says it.
    } else if (way == 0) {
      gnuLong('L', path);
      gnuLong('K', link);
    } else {
      String sized = random.nextBoolean() ? record("size", String.valueOf(size)) : "";
      String linked = link.length == 0 ? "" : record("linkpath", target);
      extension('x', record("mtime", "1.5") + record("path", name) + linked + sized);
    }
    put(header, 0, path, ustar ? slash + 1 : 0, 100);
    put(header, 157, link, 0, 100);
    put(header, 257, way == 0 ? "ustar  \0" : "ustar\00000");
    if (ustar) {
      put(header, 345, Arrays.copyOf(path, slash), 0, 155);
    }
    return header;
  }

  /** The last slash that leaves room for both of ustar's fields; 0 for none. */
  private static int prefixEnd(byte[] path) {
    for (int at = Math.min(155, path.length - 2); at > 0; at--) {
      if (path[at] == '/' && path.length - 1 - at <= 100) {
        return at;
      }
    }
    return 0;
  }

  private void gnuSparse() {
    byte[] data = new byte[512 * (1 + random.nextInt(3))];
    String name = "sparse" + members.size();
    members.add(new Meant(name, Kind.SPARSE, data, ""));
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 257, "ustar  \0");
    header[156] = 'S';
    number(header, 386, 4096);
    number(header, 398, data.length);
    number(header, 483, 4096L + data.length);
    size(header, data.length);
    block(header);
    padded(data);
  }

  /** In the format before the last, since commons-compress loses its way behind the last one. */
  private void paxSparse() {
    byte[] data = new byte[1 + random.nextInt(1200)];
    String name = name();
    members.add(new Meant(name, Kind.SPARSE, data, ""));
    extension(
        'x',
        record("GNU.sparse.size", String.valueOf(4096 + data.length))
            + record("GNU.sparse.numblocks", "1")
            + record("GNU.sparse.name", name)
            + record("GNU.sparse.map", "4096," + data.length));
    byte[] header = new byte[512];
    put(header, 0, "GNUSparseFile.0/x");
    put(header, 257, "ustar\00000");
    header[156] = '0';
    size(header, data.length);
    block(header);
    padded(data);
  }

  private void gnuLong(char type, byte[] name) {
    if (name.length > 0) {
      extension(type, new String(name, StandardCharsets.UTF_8) + "\0");
    }
  }

  private void extension(char type, String content) {
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[512];
    put(header, 0, type == 'x' || type == 'g' ? "pax_header" : "././@LongLink");
    put(header, 257, "ustar\00000");
    header[156] = (byte) type;
    size(header, data.length);
    block(header);
    padded(data);
  }

  private static String record(String key, String value) {
    int rest = bytes(" " + key + "=" + value + "\n");
    int length = rest + 1;
    while (String.valueOf(length).length() + rest != length) {
      length++;
    }
    return length + " " + key + "=" + value + "\n";
  }

  private static void size(byte[] header, int size) {
    number(header, 124, size);
  }

  private static void number(byte[] header, int at, long value) {
    put(header, at, String.format(Locale.ROOT, "%011o ", value));
  }

  private static void put(byte[] header, int at, String text) {
    put(header, at, text.getBytes(StandardCharsets.UTF_8), 0, 512);
  }

  private static void put(byte[] header, int at, byte[] text, int from, int most) {
    System.arraycopy(text, from, header, at, Math.min(most, text.length - from));
  }

  private void block(byte[] header) {
    TarReaderTest.fixChecksum(header, 0);
    out.writeBytes(header);
  }

  private void padded(byte[] data) {
    out.writeBytes(data);
    out.writeBytes(new byte[Math.floorMod(-data.length, 512)]);
  }
}
