package dev.remap.index.jfaiss;

import dev.remap.index.TestVectors;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Calls every native with hostile arguments or files; prints a line for each call. */
final class Hostile {
  private static final int D = 8;
  private static final TestVectors SAMPLE = TestVectors.clustered(64, D, 3);

  /** Classes need not keep these names. */
  static final Map<String, String> PARAMETERS =
      Map.ofEntries(
          Map.entry(
              "train",
              "dimension opqDimension lists hnswLinks subquantizers bits vectors n seed"
                  + " progress"),
          Map.entry(
              "assemble",
              "dimension opqDimension lists hnswLinks subquantizers bits rotation centroids"
                  + " codebook progress"),
          Map.entry(
              "residuals",
              "dimension opqDimension lists hnswLinks subquantizers bits centroids vectors n seed"
                  + " progress"),
          Map.entry(
              "rotation", "dimension opqDimension subquantizers bits vectors n seed progress"),
          Map.entry("rotate", "matrix dimension vectors n"),
          Map.entry("cluster", "vectors n dimension k iterations seed start leastGain progress"),
          Map.entry("nearest", "centroids dimension vectors n rows distances"),
          Map.entry("open", "path efSearch"),
          Map.entry("closeIndex", "index"),
          Map.entry("write", "index path"),
          Map.entry("spec", "index"),
          Map.entry("modelFingerprint", "index"),
          Map.entry("centroids", "index"),
          Map.entry("rotationOf", "index"),
          Map.entry("codebook", "index"),
          Map.entry("dimension", "index"),
          Map.entry("size", "index"),
          Map.entry("listSizes", "index"),
          Map.entry("keys", "index list"),
          Map.entry("search", "index queries n k nprobe keys distances wanted wantedDistances"),
          Map.entry(
              "searchBatch", "index queries from n k nprobe keys distances wanted wantedDistances"),
          Map.entry("encode", "index vectors n lists codes"),
          Map.entry("probe", "index queries n nprobe lists"),
          Map.entry("newBuilder", "quantizer previous dropped"),
          Map.entry("closeBuilder", "builder"),
          Map.entry("add", "builder keys vectors n"),
          Map.entry("addCodes", "builder keys lists codes n"),
          Map.entry("builderSize", "builder"),
          Map.entry("writeShard", "builder path"),
          Map.entry("merge", "quantizer shards path"));

  private final Path folder;
  private int files;

  private Hostile(Path folder) {
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    NativeLibrary.load();
    Hostile hostile = new Hostile(Path.of(args[0]));
    if (args[1].equals("arguments")) {
      for (Method method : natives().toList()) {
        hostile.tryEachParameter(method);
      }
    } else if (args[1].equals("random")) {
      new RandomCalls(Path.of(args[0]), Long.parseLong(args[2])).run(Integer.parseInt(args[3]));
    } else {
      hostile.tryDamagedFiles();
    }
  }

  static Stream<Method> natives() {
    return Arrays.stream(Natives.class.getDeclaredMethods())
        .filter(method -> Modifier.isNative(method.getModifiers()))
        .sorted((a, b) -> a.getName().compareTo(b.getName()));
  }

  private void tryEachParameter(Method method) throws IllegalAccessException, IOException {
    if (method.getParameterCount() == 0) {
      attempt(method.getName() + "()", method, new Object[0]);
    }
    for (int i = 0; i < method.getParameterCount(); i++) {
      String name = PARAMETERS.get(method.getName()).split(" ", -1)[i];
      for (Object value : hostile(method.getParameterTypes()[i])) {
        Object[] arguments = good(method);
        arguments[i] = value;
        attempt(method.getName() + "(" + name + "=" + shown(value) + ")", method, arguments);
      }
    }
  }

  private static void attempt(String what, Method method, Object[] arguments)
      throws IllegalAccessException {
    try {
      method.invoke(null, arguments);
      System.out.println(what + " => returned");
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause();
      System.out.println(
          what + " => " + thrown.getClass().getSimpleName() + ": " + thrown.getMessage());
    }
  }

  private static String shown(Object value) {
    if (value instanceof float[] floats) {
      return floats.length + " floats" + (floats.length == 0 ? "" : " of " + floats[0]);
    }
    if (value instanceof long[] longs) {
      return longs.length + " longs";
    }
    if (value instanceof int[] ints) {
      return ints.length + " ints";
    }
    if (value instanceof byte[] path) {
      return new String(path, StandardCharsets.UTF_8).replaceAll("[^!-~]", "?");
    }
    if (value instanceof byte[][] paths) {
      return paths.length + " paths" + (paths.length == 0 ? "" : " of " + shown(paths[0]));
    }
    return value instanceof Consumer ? "consumer" : String.valueOf(value);
  }

  private List<Object> hostile(Class<?> type) throws IOException {
    List<Object> values = new ArrayList<>();
    if (type == int.class) {
      for (int value : new int[] {0, -1, 1, 3, 9, 17, 65, 129, 65_537, 1 << 24, 1 << 30}) {
        values.add(value);
      }
      values.add(Integer.MIN_VALUE);
      values.add(Integer.MAX_VALUE);
    } else if (type == double.class) {
      values.addAll(List.of(0.0, -1e-300, 1.0, Double.NaN, Double.NEGATIVE_INFINITY));
    } else if (type == long.class) {
      values.addAll(List.of(0L, -1L, 1L << 40, Long.MIN_VALUE, Long.MAX_VALUE));
      long closed = quantizer();
      Natives.closeIndex(closed);
      values.add(closed);
    } else if (type == float[].class) {
      values.add(null);
      for (int length : new int[] {0, 1, D - 1, D * 3 + 1}) {
        values.add(new float[length]);
      }
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -2e9f}) {
        float[] numbers = SAMPLE.values().clone();
        Arrays.fill(numbers, bad);
        values.add(numbers);
      }
    } else if (type == long[].class) {
      values.add(null);
      values.add(new long[0]);
      values.add(new long[] {7});
      values.add(new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE});
    } else if (type == int[].class) {
      values.addAll(Arrays.asList(null, new int[0], new int[1], new int[1000]));
    } else if (type == byte[].class) {
      values.add(null);
      Files.writeString(folder.resolve("text"), "no index");
      Files.writeString(folder.resolve("three"), "IwP");
      for (String path :
          List.of(
              "",
              "\0",
              folder + "/a\0b",
              folder + "/none/x",
              "/",
              "/dev/zero",
              folder.toString(),
              folder + "/text",
              folder + "/three")) {
        values.add(path.getBytes(StandardCharsets.UTF_8));
      }
    } else if (type == byte[][].class) {
      values.addAll(Arrays.asList(null, new byte[0][], new byte[1][]));
      for (Object path : hostile(byte[].class)) {
        values.add(new byte[][] {(byte[]) path});
      }
    } else {
      values.add(null);
    }
    return values;
  }

  private Object[] good(Method method) {
    float[] vectors = SAMPLE.values();
    long[] keys = SAMPLE.keys();
    return switch (method.getName()) {
      case "train" -> new Object[] {D, 0, 4, 0, 4, 4, vectors, 64, 1, quiet()};
      case "assemble" ->
          new Object[] {D, 4, 4, 0, 4, 4, first(4 * D), first(16), first(4 * 16), quiet()};
      case "residuals" -> new Object[] {D, 4, 4, 0, 4, 4, first(16), vectors, 128, 1, quiet()};
      case "rotation" -> new Object[] {D, 4, 2, 4, vectors, 64, 1, quiet()};
      case "rotate" -> new Object[] {first(4 * D), D, vectors, 64};
      case "cluster" -> new Object[] {vectors, 64, D, 5, 4, 1, first(5 * D), 0.01, quiet()};
      case "nearest" -> new Object[] {first(5 * D), D, vectors, 64, new int[64], new float[64]};
      case "open" -> new Object[] {path(folder.resolve("none")), 0};
      case "write" -> new Object[] {quantizer(), path(folder.resolve("w" + files++))};
      case "keys" -> new Object[] {quantizer(), 0};
      case "search" ->
          new Object[] {
            quantizer(), vectors, 4, 3, 2, new long[12], new float[12], new long[4], new float[4]
          };
      case "searchBatch" ->
          new Object[] {
            quantizer(), vectors, 1, 3, 3, 2, new long[12], new float[12], new long[4], new float[4]
          };
      case "encode" -> new Object[] {quantizer(), vectors, 64, new int[64], new byte[128]};
      case "probe" -> new Object[] {quantizer(), vectors, 64, 2, new int[128]};
      case "addCodes" -> new Object[] {builder(), keys, new int[64], new byte[128], 64};
      case "newBuilder" -> new Object[] {quantizer(), 0L, new long[0]};
      case "add" -> new Object[] {builder(), keys, vectors, 64};
      case "closeBuilder", "builderSize" -> new Object[] {builder()};
      case "writeShard" -> new Object[] {builder(), path(folder.resolve("s" + files++))};
      case "merge" ->
          new Object[] {
            quantizer(), new byte[][] {shard(vectors, keys)}, path(folder.resolve("m" + files++))
          };
      default -> new Object[] {quantizer()};
    };
  }

  private static float[] first(int numbers) {
    return Arrays.copyOf(SAMPLE.values(), numbers);
  }

  private static Consumer<String> quiet() {
    return new ArrayList<String>()::add;
  }

  private static long quantizer() {
    return Natives.train(D, 0, 4, 0, 4, 4, SAMPLE.values(), 64, 1, line -> {});
  }

  private static long builder() {
    return Natives.newBuilder(quantizer(), 0, new long[0]);
  }

  private byte[] shard(float[] vectors, long[] keys) {
    byte[] file = path(folder.resolve("s" + files++));
    long builder = builder();
    Natives.add(builder, keys, vectors, 64);
    Natives.writeShard(builder, file);
    return file;
  }

  private static byte[] path(Path path) {
    return NativeIndex.bytes(path);
  }

  private void tryDamagedFiles() throws IOException {
    for (String name : List.of("flat-coarse", "graph-coarse", "opq")) {
      byte[] file = Files.readAllBytes(folder.resolve(name + ".faiss"));
      Random random = new Random(11);
      for (int round = 0; round < 700; round++) {
        byte[] damaged = file.clone();
        // Numbers stand at the front, and between the large arrays.
        int at = random.nextInt(round % 2 == 0 ? 200 : file.length);
        int length = 1 + random.nextInt(8);
        for (int i = at; i < Math.min(file.length, at + length); i++) {
          damaged[i] = (byte) (round % 3 == 0 ? 0xff : round % 3 == 1 ? 0 : random.nextInt(256));
        }
        open(damaged, name + ", seed 11, round " + round + ", byte " + at);
      }
      for (int end = 0; end < file.length; end += end < 300 ? 3 : 997) {
        open(Arrays.copyOf(file, end), name + " up to byte " + end);
      }
    }
  }

  private void open(byte[] bytes, String what) throws IOException {
    Path path = Files.write(folder.resolve("damaged"), bytes);
    try (NativeIndex index = NativeIndex.open(path);
        NativeShardBuilder builder = NativeShardBuilder.from(index, index, new long[0])) {
      index.spec();
      int d = index.dimension();
      int probes = Math.min(3, index.listSizes().length);
      float[] query = new float[d];
      long[] keys = new long[3];
      float[] distances = new float[3];
      index.search(query, 1, 3, probes, keys, distances, new long[] {5}, new float[1]);
      long[] sameKeys = new long[3];
      float[] same = new float[3];
      index.searchBatch(query, 0, 1, 3, probes, sameKeys, same, new long[] {5}, new float[1]);
      if (!Arrays.equals(keys, sameKeys) || !Arrays.equals(distances, same)) {
        System.out.println(what + " => found another in a batch");
      }
      builder.add(new long[] {Long.MAX_VALUE}, query, 1);
      System.out.println(what + " => returned");
    } catch (RuntimeException e) {
      System.out.println(what + " => " + e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
