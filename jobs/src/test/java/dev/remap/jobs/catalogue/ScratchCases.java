package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.job.LocalSpark;
import java.nio.file.*;
import java.util.*;
import org.junit.jupiter.api.Test;

class ScratchCases {
  @Test
  void all() throws Exception {
    var spark = LocalSpark.session();
    spark.sparkContext().setLogLevel("OFF");
    StringBuilder out = new StringBuilder();
    for (String line : Files.readAllLines(Path.of("/tmp/tables-cases/list"))) {
      String[] parts = line.strip().split(" +");
      Map<String, String> set = new TreeMap<>();
      set.put("catalogue.uri", parts[0].startsWith("/") ? parts[0] : "/tmp/tables-cases/tables/" + parts[0]);
      for (int i = 1; i < parts.length; i++) set.put("catalogue." + parts[i].split("=")[0], parts[i].split("=")[1]);
      out.append("== ").append(line).append("\n");
      try {
        int n = 0;
        var found = Catalogue.of(Settings.load(null, set)).find(spark).collect();
        for (Found f : found) { if (f instanceof LeftOut l && l.isEmpty()) continue; if (n++ < 6 || f instanceof LeftOut) out.append("   ").append(f).append("\n"); }
        out.append("   n=").append(n).append("\n");
      } catch (Throwable e) {
        Throwable c = e; while (c != null && !(c instanceof InputException)) c = c.getCause();
        if (c == null) { var w = new java.io.StringWriter(); e.printStackTrace(new java.io.PrintWriter(w)); out.append("   CRASH ").append(w); }
        else out.append("   REFUSED ").append(c.getMessage()).append("\n");
      }
      Files.writeString(Path.of("/tmp/tables-cases/out"), out);
    }
    spark.stop();
  }
}
