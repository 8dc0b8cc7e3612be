package dev.remap.jobs.cli;

/** The command in a process of its own, which can be killed. */
final class OwnProcess {
  private OwnProcess() {}

  public static void main(String[] arguments) {
    System.exit(Main.run(arguments));
  }
}
