package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flips bytes, truncates and deletes files of a complete store, of every kind its share, and shows
 * that each is found and named by {@code verify}; some are repaired by what {@code verify --repair}
 * and the commands it names make of them, and compared with the undisturbed store.
 */
abstract class Flips {
  private static final int PROGRESS = 100;

  private final String index;
  private final long seed;
  private final Random random;
  private final Map<String, Tally> tallies = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();
  private Remap remap;
  private Path catalogue;
  private Path twin;
  private StoreFiles undisturbed;
  private JobContext context;

  /**
   * @param index its name
   * @param seed of pictures, files, places and masks
   */
  Flips(String index, long seed) {
    this.index = index;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** What happened to the files of one kind. */
  private static final class Tally {
    private int damaged;
    private int detected;
    private int named;
    private int repairs;
    private int repaired;
  }

  /** What can befall a file. */
  enum Damage {
    FLIP,
    TRUNCATE,
    DELETE
  }

  @BeforeEach
  void makeStore(@TempDir Path folder) {
    LocalSpark.use("local[2]");
    catalogue = folder.resolve("catalogue");
    twin = folder.resolve("twin");
    DrillStore.catalogue(catalogue, seed);
    remap = settings(folder);
    for (String stage : DrillStore.STAGES) {
      command(stage);
    }
    // A night, and its layers beside those that a compaction has made of them.
    Pictures.write(night(), new Random(seed), Pictures.LONG, Pictures.SHORT);
    remap.succeed("reindex", "--catalogue", catalogue.toString());
    command("compact", "--full");
    copy(remap.store(), twin);
    undisturbed = new StoreFiles(twin);
    remap = settings(folder);
    assertThat(verify(StoreCheck.Mode.LOOK)).contains("all is well");
  }

  private Remap settings(Path folder) {
    return DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"))
        .set("index.name", index);
  }

  @AfterEach
  void close() {
    closeContext();
  }

  final List<String> kinds() {
    return undisturbed.kinds();
  }

  /** Flips bytes, of each kind in turn from the given one on. */
  final void flip(int flips, int fromKind, int repairEvery) {
    List<String> kinds = kinds();
    for (int i = 0; i < flips; i++) {
      String kind = kinds.get((fromKind + i) % kinds.size());
      damage(Damage.FLIP, kind, i % repairEvery == repairEvery - 1);
      if ((i + 1) % PROGRESS == 0) {
        new Console(System.out).say("  %,d flips, %,d failures", i + 1, failures.size());
      }
    }
  }

  /** Prints what came of it, and fails if not all is found, named and repaired. */
  final void check() {
    report();
    assertThat(failures).isEmpty();
  }

  final void damage(Damage damage, String kind, boolean repair) {
    if (damage == Damage.DELETE && !undisturbed.isMissed(kind)) {
      return;
    }
    List<String> files = undisturbed.of(kind);
    String file = files.get(random.nextInt(files.size()));
    Path path = remap.store().resolve(file);
    String what = damage + " of " + file + spoil(damage, path);
    Tally tally = tallies.computeIfAbsent(damage + "  " + kind, key -> new Tally());
    tally.damaged++;
    String said = verify(StoreCheck.Mode.LOOK);
    tally.detected += said.contains("all is well") ? 0 : 1;
    boolean named = said.lines().anyMatch(line -> line.strip().startsWith(file + " "));
    tally.named += named ? 1 : 0;
    if (!named) {
      failures.add(what + " is not named: " + said);
    }
    if (repair) {
      tally.repairs++;
      tally.repaired += repair(what) ? 1 : 0;
      restoreStore();
    } else {
      write(path, read(twin.resolve(file)));
    }
  }

  private String spoil(Damage damage, Path path) {
    byte[] bytes = read(path);
    int at = random.nextInt(bytes.length);
    switch (damage) {
      case FLIP -> {
        int mask = 1 + random.nextInt(255);
        bytes[at] ^= (byte) mask;
        write(path, bytes);
        return " at " + at + " by " + mask;
      }
      case TRUNCATE -> write(path, Arrays.copyOf(bytes, at));
      default -> delete(path);
    }
    return " at " + at;
  }

  /** Repairs, runs what the repair names, and compares. */
  private boolean repair(String what) {
    String said = verify(StoreCheck.Mode.REPAIR);
    closeContext();
    List<String[]> commands = PrintedCommands.of(said);
    commands.forEach(this::printed);
    String after = verify(StoreCheck.Mode.LOOK);
    List<String> differences = new StoreFiles(remap.store()).differences(undisturbed);
    boolean sound = after.contains("all is well") && differences.isEmpty();
    if (!sound) {
      failures.add(
          what
              + ", repaired by "
              + commands.stream().map(List::of).toList()
              + ": "
              + differences
              + "\n"
              + said
              + after);
    }
    return sound;
  }

  private void command(String stage, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    if (stage.equals("snapshot")) {
      all.addAll(List.of("--catalogue", catalogue.toString()));
    }
    remap.succeed(stage, all.toArray(String[]::new));
  }

  /** Runs a command as it is; for a snapshot, on the catalogue as it was then. */
  private void printed(String[] words) {
    int first = Collections.indexOfSubList(List.of(words), List.of("--snapshot", "1"));
    boolean ofFirst = words[0].equals("snapshot") && first > 0;
    Path aside = catalogue.resolveSibling("night.jpg");
    if (ofFirst) {
      move(night(), aside);
    }
    Remap.Ran ran = Remap.line(words);
    assertThat(ran.status()).as("%s: %s", List.of(words), ran).isZero();
    if (ofFirst) {
      move(aside, night());
    }
  }

  private Path night() {
    return catalogue.resolve("g01/night.jpg");
  }

  private String verify(StoreCheck.Mode mode) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(said, true, StandardCharsets.UTF_8));
    if (context == null) {
      Settings settings = Settings.load(null, Map.of("store", remap.store().toUri().toString()));
      context = JobContext.openAny("verify", settings, new Console(System.out));
      context.spark();
    }
    new StoreCheck(context, console, mode).execute();
    return said.toString(StandardCharsets.UTF_8);
  }

  private void closeContext() {
    if (context != null) {
      context.close();
      context = null;
    }
  }

  /** The store as it was, ids of runs included. */
  private void restoreStore() {
    try {
      Files.walkFileTree(
          remap.store(),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closeContext();
    copy(twin, remap.store());
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void report() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("damage, kind of file", "number", "detected", "named", "repairs", "repaired"));
    Tally sum = new Tally();
    tallies.forEach(
        (kind, tally) -> {
          rows.add(row(kind, tally));
          sum.damaged += tally.damaged;
          sum.detected += tally.detected;
          sum.named += tally.named;
          sum.repairs += tally.repairs;
          sum.repaired += tally.repaired;
        });
    rows.add(row("all", sum));
    Console console = new Console(System.out);
    console.say("flips, seed %d", seed);
    console.table(rows);
  }

  private static List<String> row(String kind, Tally tally) {
    return Stream.concat(
            Stream.of(kind),
            Stream.of(tally.damaged, tally.detected, tally.named, tally.repairs, tally.repaired)
                .map(String::valueOf))
        .toList();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
