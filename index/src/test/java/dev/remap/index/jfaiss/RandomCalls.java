package dev.remap.index.jfaiss;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Calls natives at random, with arguments of random lengths and values, on quantizers, shards and
 * builders that earlier calls have made or closed. The same calls for the same seed. Prints where
 * it is every thousand calls, what nobody expects, and at the end how often each native returned
 * and refused.
 */
final class RandomCalls {
  private static final int MOST_OPEN = 6;
  private static final int MOST_ROWS = 70;
  private static final int EVERY = 1000;
  private static final int[] EXTREMES = {
    0, -1, 1, 3, 17, 65, 129, 65_537, 1 << 24, 1 << 30, Integer.MIN_VALUE, Integer.MAX_VALUE
  };
  private static final float[] ODD = {
    Float.NaN, Float.POSITIVE_INFINITY, -2e9f, 9e8f, Float.MIN_VALUE, -0f, 1e-38f
  };
  private static final Pattern EXPECTED =
      Pattern.compile("(?s)(IllegalArgument|IllegalState|Faiss)Exception: .+");

  private final Path folder;
  private final Random random;
  private final List<Method> natives = Hostile.natives().toList();
  private final List<Long> indexes = new ArrayList<>();
  private final List<Long> builders = new ArrayList<>();
  private final List<Long> closed = new ArrayList<>(List.of(0L));
  private final List<Path> shards = new ArrayList<>();
  private final TreeMap<String, int[]> outcomes = new TreeMap<>();
  private int files;

  // Of the call at hand.
  private int d;
  private int reduced;
  private int n;
  private int lists;
  private int bits;
  private int wanted;

  RandomCalls(Path folder, long seed) {
    this.folder = folder;
    this.random = new Random(seed);
  }

  void run(int calls) throws IllegalAccessException, IOException {
    for (int call = 0; call < calls; call++) {
      if (call % EVERY == 0) {
        System.out.println("call " + call);
      }
      if (indexes.isEmpty()) {
        // Not at random: nothing may be wrong with it.
        indexes.add(Natives.train(8, 0, 4, 0, 4, 4, normal(8 * 64, 0), 64, 1, line -> {}));
      }
      make(call, natives.get(random.nextInt(natives.size())));
      tidy();
    }
    outcomes.forEach(
        (name, counts) ->
            System.out.printf("of %s: %d returned, %d refused%n", name, counts[0], counts[1]));
    System.out.println("memory at most: " + peak());
  }

  private static String peak() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .findFirst()
        .orElse("unknown");
  }

  private void make(int call, Method method) throws IllegalAccessException {
    Object[] arguments = arguments(method);
    int[] counts = outcomes.computeIfAbsent(method.getName(), name -> new int[2]);
    try {
      keep(method.getName(), arguments, method.invoke(null, arguments));
      counts[0]++;
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause();
      String text = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
      counts[1]++;
      if (!EXPECTED.matcher(text).matches()) {
        System.out.println("UNEXPECTED call " + call + ", " + method.getName() + ": " + text);
      }
    }
  }

  private void keep(String name, Object[] arguments, Object result) {
    switch (name) {
      case "train", "assemble", "open" -> indexes.add((Long) result);
      case "newBuilder" -> builders.add((Long) result);
      case "closeIndex", "closeBuilder" -> {
        indexes.remove(arguments[0]);
        builders.remove(arguments[0]);
        closed.add((Long) arguments[0]);
      }
      case "write", "writeShard" -> shards.add(path(arguments[1]));
      case "merge" -> shards.add(path(arguments[2]));
      default -> {}
    }
  }

  private static Path path(Object bytes) {
    return Path.of(new String((byte[]) bytes, StandardCharsets.UTF_8));
  }

  /** Neither memory nor the disk fills, and no state is kept for ever. */
  private void tidy() throws IOException {
    if (indexes.size() > MOST_OPEN) {
      Natives.closeIndex(indexes.get(0));
      closed.add(indexes.remove(0));
    }
    if (builders.size() > MOST_OPEN) {
      Natives.closeBuilder(builders.get(0));
      closed.add(builders.remove(0));
    }
    if (shards.size() > MOST_OPEN) {
      Files.deleteIfExists(shards.remove(0));
    }
    if (closed.size() > MOST_OPEN) {
      closed.remove(1);
    }
  }

  private boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private Object[] arguments(Method method) {
    String[] names = Hostile.PARAMETERS.getOrDefault(method.getName(), "").split(" ", -1);
    Object[] arguments = new Object[method.getParameterCount()];
    d = once(3) ? 1 + random.nextInt(12) : 8;
    n = once(4) ? random.nextInt(MOST_ROWS) : 64;
    lists = 1 + random.nextInt(5);
    bits = once(4) ? 5 + random.nextInt(2) : 4;
    reduced = 0;
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(method.getName(), names[i], method.getParameterTypes()[i]);
    }
    return arguments;
  }

  private Object argument(String method, String name, Class<?> type) {
    if (type == int.class) {
      return once(25) ? EXTREMES[random.nextInt(EXTREMES.length)] : number(method, name);
    }
    if (type == long.class) {
      return handle(name);
    }
    if (type == double.class) {
      return once(8) ? any(List.of(-1.0, 1.0, Double.NaN)) : random.nextDouble();
    }
    if (once(60)) {
      return null;
    }
    if (type == float[].class) {
      int length = once(20) ? random.nextInt(200) : length(method, name);
      return numbers(length, once(15) ? 1 : 0);
    }
    if (type == long[].class) {
      return keys(name);
    }
    if (type == int[].class) {
      return numbersOfLists();
    }
    if (type == byte[].class && name.equals("codes")) {
      byte[] codes = new byte[once(10) ? random.nextInt(MOST_ROWS) : n * d];
      random.nextBytes(codes);
      return codes;
    }
    if (type == byte[].class) {
      return path(name.equals("path") && !method.equals("open") ? 8 : 2);
    }
    if (type == byte[][].class) {
      byte[][] paths = new byte[random.nextInt(4)][];
      Arrays.setAll(paths, i -> path(2));
      return paths;
    }
    return (Consumer<String>) this::hear;
  }

  private int[] numbersOfLists() {
    int[] numbers = new int[once(10) ? random.nextInt(MOST_ROWS) : 2 * n];
    Arrays.setAll(numbers, i -> once(300) ? random.nextInt() : random.nextInt(lists));
    return numbers;
  }

  private void hear(String line) {
    if (once(200)) {
      throw new IllegalStateException("enough of " + line);
    }
  }

  private int number(String method, String name) {
    return switch (name) {
      case "dimension" -> d;
      case "opqDimension" -> {
        reduced = method.equals("rotation") || once(3) ? 1 + d / 2 : 0;
        yield reduced;
      }
      case "lists" -> lists;
      case "hnswLinks" -> once(3) ? 8 : 0;
      case "subquantizers" -> divisor(reduced == 0 ? d : reduced);
      case "bits" -> bits;
      case "n" -> {
        n = method.startsWith("search") || method.equals("probe") ? 1 + random.nextInt(4) : n;
        yield n;
      }
      case "k" -> 1 + random.nextInt(5);
      case "nprobe" -> 1 + random.nextInt(2);
      case "from", "list" -> random.nextInt(2);
      case "iterations" -> 1 + random.nextInt(12);
      default -> random.nextInt();
    };
  }

  private int divisor(int of) {
    int divisor = 1 + random.nextInt(of);
    return of % divisor == 0 ? divisor : of;
  }

  /** Of the right kind most of the time; vectors have its dimension then. */
  private long handle(String name) {
    boolean isBuilder = name.equals("builder");
    if (name.equals("previous") && once(2)) {
      return 0;
    }
    if (once(12) || (isBuilder && builders.isEmpty())) {
      return once(2) ? any(closed) : once(2) ? any(indexes) : random.nextLong();
    }
    long handle = any(isBuilder ? builders : indexes);
    if (name.equals("index")) {
      d = Natives.dimension(handle);
    }
    return handle;
  }

  private int length(String method, String name) {
    int components = reduced == 0 ? d : reduced;
    return switch (name) {
      case "rotation" -> reduced * d;
      case "matrix" -> d * (1 + random.nextInt(4));
      case "centroids" -> lists * components;
      case "codebook" -> (1 << bits) * components;
      case "start" -> once(2) ? 0 : (1 + random.nextInt(5)) * d;
      case "distances" -> 2 * MOST_ROWS;
      case "wantedDistances" -> wanted;
      case "queries" -> 5 * d;
      default -> n * (method.equals("residuals") ? components : d);
    };
  }

  private long[] keys(String name) {
    int count =
        switch (name) {
          case "wanted" -> {
            wanted = once(2) ? 0 : n;
            yield wanted;
          }
          case "dropped" -> random.nextInt(3);
          default -> Math.max(n, 40);
        };
    long[] keys = new long[once(15) ? random.nextInt(MOST_ROWS) : count];
    long key = random.nextInt(1 << 20);
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key;
      key += once(100) ? random.nextLong() : 1 + random.nextInt(9);
    }
    return keys;
  }

  private float[] numbers(int length, int odd) {
    int scale = once(6) ? random.nextInt(60) - 50 : 0;
    float[] numbers = normal(Math.max(0, length), scale);
    if (numbers.length > 0 && odd > 0) {
      numbers[random.nextInt(numbers.length)] = ODD[random.nextInt(ODD.length)];
    }
    return numbers;
  }

  private float[] normal(int length, int scale) {
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = (float) (random.nextGaussian() * Math.pow(10, scale));
    }
    return numbers;
  }

  /** A new file so often of ten, else one that was written, or none at all. */
  private byte[] path(int fresh) {
    if (random.nextInt(10) < fresh) {
      return NativeIndex.bytes(folder.resolve("r" + files++));
    }
    if (!shards.isEmpty() && !once(10)) {
      return NativeIndex.bytes(any(shards));
    }
    String odd =
        any(List.of("", "\0", folder + "/a\0b", folder + "/none/x", "/", folder.toString()));
    return odd.getBytes(StandardCharsets.UTF_8);
  }
}
