package dev.remap.jobs.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How the drills start a Java that lives shortly. */
final class Java {
  /** The quick compiler and collector: short JVMs take half the time. */
  static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto";

  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "jdk.internal.ref",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private Java() {}

  /** Up to its class path, with what Spark reaches into opened. */
  static List<String> command(String heap) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(SHORT_LIVED.split(" ")));
    command.addAll(List.of("-Xmx" + heap, "-XX:-UsePerfData"));
    opened().forEach(command::add);
    return command;
  }

  /** Takes out of the environment what the drill's own script has put there. */
  static void forget(ProcessBuilder process) {
    process
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(SPARK|HADOOP|YARN|REMAP|OMP|THP|TORCH|OPT_OUT)_.*"));
  }

  private static Stream<String> opened() {
    return OPENED.stream().map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED");
  }
}
