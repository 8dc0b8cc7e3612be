package dev.remap.jobs.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a class of the tests in a process of its own, so that it can die. */
public final class Jvm {
  private Jvm() {}

  public static Process start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    return run(command(main, options, arguments));
  }

  /** As {@link #start}, in a process that may write no file longer than that. */
  static Process startLimited(int kibibytes, Class<?> main, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f " + kibibytes + "; exec \"$@\"", "bash"));
    command.addAll(command(main, List.of("-XX:-UsePerfData"), arguments));
    return run(command);
  }

  private static List<String> command(Class<?> main, List<String> options, String... arguments) {
    // A shell that starts tests in the background has all that they start ignore it.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-Xshare:auto");
    // Most of so short a life is loading classes: what compilers have made is not looked at again.
    command.add("-XX:+UnlockDiagnosticVMOptions");
    command.add("-XX:-BytecodeVerificationRemote");
    command.add("-Xmx256m");
    command.addAll(options);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private static Process run(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
