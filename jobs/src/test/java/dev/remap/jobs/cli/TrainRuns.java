package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What trainings leave and print. */
final class TrainRuns {
  private TrainRuns() {}

  /** A file of weights, by the beginning of its name. */
  static Path file(Remap remap, String id, String name) throws IOException {
    return in(remap, "weights/" + id, name);
  }

  static Path in(Remap remap, String folder, String name) throws IOException {
    return FiveNights.list(remap, folder).stream()
        .filter(file -> file.matches(name + "-[0-9a-f]{16}\\..*"))
        .map(remap.store().resolve(folder)::resolve)
        .findFirst()
        .orElseThrow();
  }

  /** What a training leaves, but for who made it. */
  static Map<String, String> files(Remap remap) {
    Map<String, String> files = new TreeMap<>(remap.contents());
    files
        .keySet()
        .removeIf(name -> !name.matches("(weights|trainings)/.*-[0-9a-f]{16}\\.[a-z0-9]+"));
    return files;
  }

  /** Leaves another store as a run does that is killed after its second epoch. */
  static void killedAfterTwoEpochs(Remap whole, Remap killed) throws IOException {
    String name =
        FiveNights.list(whole, "trainings").stream()
            .filter(it -> it.endsWith("-00002"))
            .findFirst()
            .orElseThrow();
    Path trainings = Files.createDirectories(killed.store().resolve("trainings"));
    FiveNights.tree(whole.store().resolve("trainings").resolve(name), trainings.resolve(name));
  }

  /** The line that a run prints for a command. */
  static String printed(Remap.Ran ran, String command) {
    return PrintedLines.in(ran.out()).stream()
        .filter(line -> line.startsWith("remap " + command + " "))
        .findFirst()
        .orElseThrow();
  }

  /** The line that verify prints to make a damaged training again. */
  static String repair(Remap remap) {
    remap.run("verify");
    return remap
        .run("verify", "--repair")
        .out()
        .lines()
        .filter(printed -> printed.contains("remap train "))
        .findFirst()
        .orElseThrow();
  }

  /** Runs a printed line. */
  static Remap.Ran run(String line) {
    Remap.Ran ran = Remap.line(PrintedLines.words(line));
    assertThat(ran.status()).as("%s: %s", line, ran).isZero();
    return ran;
  }
}
