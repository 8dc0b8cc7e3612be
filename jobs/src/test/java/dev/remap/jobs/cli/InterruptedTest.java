package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Jvm;
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

/** Commands that are told to end while they work, in processes of their own. */
class InterruptedTest {
  private static final int IMAGES = 60;

  /** Between two looks at the store, which the command needs the processor for. */
  private static final long POLL = 20_000_000;

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

  /** By a signal, once it has committed two more units; returns what the command said. */
  private static String assertInterrupted(Remap remap, String signal, int status) throws Exception {
    long before = records(remap);
    Process extract = start(remap.arguments("extract"));
    while (records(remap) < before + 2) {
      assertThat(extract.isAlive()).as(() -> said(extract)).isTrue();
      LockSupport.parkNanos(POLL);
    }
    new ProcessBuilder("kill", "-" + signal, Long.toString(extract.pid())).start().waitFor();

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
  private static Process start(List<String> arguments) throws IOException {
    List<String> options = new ArrayList<>(List.of("-Xmx1g", "-Dspark.master=local[1]"));
    options.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    options.add("-Dlog4j2.configurationFile=" + Remap.CONF.resolve("log4j2.properties").toUri());
    for (String property : List.of("remap.native.dir", "ai.djl.offline", "OPT_OUT_TRACKING")) {
      String value = System.getProperty(property);
      if (value != null) {
        options.add("-D" + property + "=" + value);
      }
    }
    return Jvm.start(Command.class, options, arguments.toArray(String[]::new));
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
}
