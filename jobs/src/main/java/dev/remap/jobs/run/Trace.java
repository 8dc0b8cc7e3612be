package dev.remap.jobs.run;

import dev.remap.jobs.config.Credentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the trace of a mistake of ours goes: not to a console, on which the sentence is last. */
public final class Trace {
  private Trace() {}

  /** Writes it into a file of its own, and says where that is. */
  public static String keep(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    try {
      Path file = Files.createTempFile("remap-failure-", ".log");
      Files.writeString(file, Credentials.blanked(text.toString()));
      return " (a mistake of this program; its trace is in " + file + ")";
    } catch (IOException e) {
      return " (a mistake of this program; its trace could not be written: " + e + ")";
    }
  }
}
