package dev.remap.index.jfaiss;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** {@link Hostile} in a JVM of its own, which has to end by itself. */
final class HostileJvm {
  private HostileJvm() {}

  /**
   * What it prints.
   *
   * @param said is told each line as it comes
   */
  static List<String> run(Path folder, int minutes, Consumer<String> said, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("crash.log"),
                "-D" + NativeLibrary.FOLDER_PROPERTY + "=" + folder,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Hostile.class.getName(),
                folder.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = new ArrayList<>();
    Timer hangs = new Timer(true);
    hangs.schedule(
        new TimerTask() {
          @Override
          public void run() {
            process.destroyForcibly();
          }
        },
        TimeUnit.MINUTES.toMillis(minutes));
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines().peek(said).forEach(lines::add);
      assertThat(process.waitFor(minutes, TimeUnit.MINUTES)).isTrue();
    } finally {
      hangs.cancel();
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(lastOf(lines)).isZero();
    return lines;
  }

  private static String lastOf(List<String> lines) {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
