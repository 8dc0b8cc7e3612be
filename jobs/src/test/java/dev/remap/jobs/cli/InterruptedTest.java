package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Jvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are told to end while they work, in processes of their own. */
class InterruptedTest {
  private static final int IMAGES = 60;

  /** Between two looks at the store, which the command needs the processor for. */
  private static final long POLL = 20_000_000;

  /** Until a start of Spark waits for its master. */
  private static final long WAITING = 4_000_000_000L;

  @TempDir private Path folder;

  @Test
  void aSignalEndsInOneSentenceAndTheSameCommandGoesOn() throws Exception {
    Pictures.folders(folder.resolve("catalogue"), 2, IMAGES / 2, 17);
    Remap remap = new Remap(folder.resolve("store")).demoBackbone().set("unit.images", 2);
    remap.set("extractor.aggregator", "gem");
    remap.set("extractor.scales", "[{long-side=128,short-side=96,weight=1}]");
    remap.succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());

    assertInterrupted(remap, "INT", 130);
    assertThat(assertInterrupted(remap, "TERM", 143)).contains("units were done by an earlier run");

    assertThat(remap.succeed("extract").out()).contains("units were done by an earlier run");
  }

  /** Each line is the last that a job prints: the next one is not to begin. */
  @Test
  void afterASignalBetweenTwoJobsNoneBegins() throws Exception {
    Pictures.folders(folder.resolve("catalogue"), 2, IMAGES / 2, 17);
    Remap remap = new Remap(folder.resolve("store")).demoBackbone();
    remap.set("extractor.scales", "[{long-side=128,short-side=96,weight=1}]");
    List<String> night =
        remap.arguments(
            "reindex", "--new-index", "--catalogue", folder.resolve("catalogue").toString());

    for (String last : List.of(" is complete: ", "books: 60 listed")) {
      Process reindex = start(night);
      List<String> said = new ArrayList<>();
      try (BufferedReader lines = reindex.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          said.add(line);
          if (line.contains(last)) {
            signal(reindex, "TERM");
          }
        }
      }
      assertThat(reindex.waitFor()).as("%s", said).isEqualTo(143);
      assertThat(said.get(said.size() - 1)).startsWith("remap: interrupted");
      assertThat(said.get(said.size() - 2)).contains(last);
      assertThat(remap.succeed("status").out()).doesNotContain("no end");
    }
  }

  @Test
  void aMasterThatDoesNotAnswerIsNotWaitedForAfterASignal() throws Exception {
    Pictures.folders(folder.resolve("catalogue"), 1, 2, 17);
    Remap remap = new Remap(folder.resolve("store"));
    Process snapshot =
        start(
            remap.arguments("snapshot", "--catalogue", folder.resolve("catalogue").toString()),
            // Where nobody listens; and that a listing takes it.
            "-Dspark.master=spark://127.0.0.1:1");
    while (!Files.exists(remap.store().resolve("runs"))) {
      assertThat(snapshot.isAlive()).as(() -> said(snapshot)).isTrue();
      LockSupport.parkNanos(POLL);
    }
    LockSupport.parkNanos(WAITING);
    signal(snapshot, "TERM");

    assertThat(snapshot.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(snapshot.exitValue()).isEqualTo(143);
    assertThat(said(snapshot))
        .isEqualTo("remap: interrupted; what is committed stays, and the same command goes on\n");
    assertThat(remap.succeed("status").out()).contains("interrupted; ").doesNotContain("no end");
  }

  @Test
  void whatFailsByItselfIsNotInterrupted() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Process snapshot =
        start(new Remap(file.resolve("store")).arguments("snapshot", "--catalogue", "x"));

    assertThat(said(snapshot)).startsWith("remap: Could not ").hasLineCount(1);
    assertThat(snapshot.waitFor()).isBetween(1, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "--conf, foo, Spark config without '='",
    "--master, mesos://x, Master must",
    "--executor-memory, blah, Executor memory must"
  })
  void optionsThatSparkRefusesAreASentence(String option, String value, String said)
      throws Exception {
    Process status =
        Jvm.start(Refused.class, options(), "x.jar", option, value, "--", "status", "--store", "x");

    assertThat(said(status))
        .startsWith("remap: Spark does not take its options: ")
        .contains(said)
        .hasLineCount(1);
    assertThat(status.waitFor()).isEqualTo(2);
  }

  private static void signal(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  /** By a signal, once it has committed two more units; returns what the command said. */
  private static String assertInterrupted(Remap remap, String signal, int status) throws Exception {
    long before = records(remap);
    Process extract = start(remap.arguments("extract"));
    while (records(remap) < before + 2) {
      assertThat(extract.isAlive()).as(() -> said(extract)).isTrue();
      LockSupport.parkNanos(POLL);
    }
    signal(extract, signal);

    assertThat(extract.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String said = said(extract);
    assertThat(extract.exitValue()).as(said).isEqualTo(status);
    assertThat(said.lines().filter(line -> !line.startsWith("extract ") && !line.startsWith("  ")))
        .as(said)
        .singleElement()
        .asString()
        .matches("remap: interrupted: \\d+ of 32 units are committed; the same command goes on");
    assertThat(said).doesNotContain("Exception", "\tat ");
    assertThat(remap.succeed("status").out()).contains("interrupted: ");
    assertThat(FiveNights.list(remap, "heartbeats")).isEmpty();
    return said;
  }

  /** The command, with what it says on both streams in one. */
  private static Process start(List<String> arguments, String... more) throws IOException {
    List<String> options = options();
    options.addAll(List.of(more));
    return Jvm.start(Command.class, options, arguments.toArray(String[]::new));
  }

  private static List<String> options() {
    List<String> options = new ArrayList<>(List.of("-Xmx1g", "-Dspark.master=local[1]"));
    options.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    options.add("-Dlog4j2.configurationFile=" + Remap.CONF.resolve("log4j2.properties").toUri());
    for (String property : List.of("remap.native.dir", "ai.djl.offline", "OPT_OUT_TRACKING")) {
      String value = System.getProperty(property);
      if (value != null) {
        options.add("-D" + property + "=" + value);
      }
    }
    return options;
  }

  private static String said(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long records(Remap remap) throws IOException {
    Path descriptors = remap.store().resolve("descriptors");
    if (!Files.exists(descriptors)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(descriptors)) {
      return files.filter(file -> file.toString().matches(".*/records/u\\d+\\.json")).count();
    } catch (UncheckedIOException e) {
      // A temporary file has become what it is to be.
      return 0;
    }
  }

  /** The command in a process of its own. */
  static final class Command {
    private Command() {}

    public static void main(String[] arguments) {
      System.setErr(System.out);
      System.exit(Main.run(arguments));
    }
  }

  /** What {@code bin/remap} starts, in a process of its own. */
  static final class Refused {
    private Refused() {}

    public static void main(String[] arguments) throws IOException {
      System.setErr(System.out);
      Launch.main(arguments);
    }
  }
}
