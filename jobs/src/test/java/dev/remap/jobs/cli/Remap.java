package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.run.Logging;
import dev.remap.jobs.store.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The command as its user meets it: in this JVM, on one store, with the settings of a test, its
 * output caught, and logging as {@code bin/remap} has it.
 */
public final class Remap {
  static final Path CONF = Path.of("../conf").toAbsolutePath().normalize();
  static final Path FIXTURES = Path.of("../core/src/test/resources").toAbsolutePath().normalize();

  private final Path store;
  private final Map<String, String> settings = new TreeMap<>();

  public Remap(Path store) {
    this.store = store;
    set("unit.images", 32);
    set("unit.retry-wait", "0s");
    set("extractor.scales", "[{long-side=128,short-side=96,weight=1}]");
  }

  /** The demonstration's backbone. */
  public Remap demoBackbone() {
    return set("extractor.backbone", CONF.resolve("backbones/mobilenet_v2_140_nsfwjs"));
  }

  /** A network of nine channels, in a folder as the command wants it. */
  public Remap tinyBackbone(Path folder) {
    Path fixture = FIXTURES.resolve("dev/remap/core/backbone");
    try {
      Files.createDirectories(folder);
      Files.copy(
          fixture.resolve("tiny.pt"),
          folder.resolve("backbone.pt"),
          StandardCopyOption.REPLACE_EXISTING);
      Files.copy(
          fixture.resolve("tiny-card.json"),
          folder.resolve("card.json"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return set("extractor.backbone", folder);
  }

  public Remap set(String key, Object value) {
    settings.put(key, value.toString());
    return this;
  }

  public Path store() {
    return store;
  }

  /** Runs a command with {@code --store} and this object's settings. */
  public Ran run(String command, String... options) {
    return line(arguments(command, options).toArray(String[]::new));
  }

  /** The arguments of {@link #run}. */
  List<String> arguments(String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--store", store.toUri().toString()));
    settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    arguments.addAll(List.of(options));
    return arguments;
  }

  /** As {@link #run}, for a command that must succeed. */
  public Ran succeed(String command, String... options) {
    Ran ran = run(command, options);
    assertThat(ran.status()).as("%s %s: %s", command, List.of(options), ran).isZero();
    assertThat(ran.err()).as("standard error of %s", command).isEmpty();
    return ran;
  }

  /** What one run of the command left. */
  public record Ran(int status, String out, String err) {
    /** It ended with that status and one sentence that has these parts, and no stack trace. */
    void assertRefused(int wanted, String... parts) {
      assertThat(status).as("status; standard error: %s", err).isEqualTo(wanted);
      assertThat(err.lines().filter(line -> line.startsWith("remap: ")))
          .as("sentences of %s", err)
          .singleElement()
          .asString()
          .doesNotContain("unexpectedly");
      assertThat(err.lines())
          .as("standard error: %s", err)
          .noneMatch(line -> line.matches("\\s+at .*|\\s+\\.\\.\\. \\d+ more|Caused by: .*"));
      for (String part : parts) {
        assertThat(err).contains(part);
      }
    }
  }

  /** Runs a command line as it is. */
  public static Ran line(String... arguments) {
    return lines(List.of(List.of(arguments))).get(0);
  }

  /** Runs several command lines, one after the other. */
  static List<Ran> lines(List<List<String>> lines) {
    if (System.getProperty("spark.master") == null) {
      LocalSpark.use("local[2]");
    }
    LocalSpark.share();
    return logging(() -> lines.stream().map(Remap::caught).toList());
  }

  /** What is said by something that logs. */
  static Ran logged(Runnable work) {
    return logging(
        () ->
            caught(
                () -> {
                  work.run();
                  return 0;
                }));
  }

  private static <T> T logging(Supplier<T> work) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    try {
      Logging.asDelivered();
      return work.get();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static Ran caught(List<String> arguments) {
    Ran ran = caught(() -> Main.run(arguments.toArray(String[]::new)));
    // Whatever a test is about, what is printed to be run has to run.
    PrintedLines.in(ran.out + ran.err).stream()
        .map(PrintedLines::words)
        .forEach(PrintedLines::parse);
    return ran;
  }

  private static Ran caught(IntSupplier work) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
    int status = work.getAsInt();
    return new Ran(
        status, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
  }

  /** Digests of everything the store promises to keep: all but {@code runs/} and evaluations. */
  Map<String, String> contents() {
    Map<String, String> digests = new TreeMap<>();
    if (!Files.exists(store)) {
      return digests;
    }
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = store.relativize(file).toString();
        if (!name.startsWith("runs/") && !name.startsWith("evaluations/")) {
          digests.put(name, Sha256.hex(Files.readAllBytes(file)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return digests;
  }
}
