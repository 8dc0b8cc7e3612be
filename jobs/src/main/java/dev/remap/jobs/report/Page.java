package dev.remap.jobs.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A page's template: whatever a model puts into it is escaped, so no image id can be markup. */
final class Page {
  private Page() {}

  /** The page about a model, as HTML. */
  static String of(String name, Map<String, Object> model) {
    Mustache.Compiler compiler =
        Mustache.compiler().emptyStringIsFalse(true).withLoader(Page::open);
    try (Reader template = open(name)) {
      return compiler.compile(template).execute(model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Reader open(String name) {
    InputStream in = Page.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("The build has no " + name);
    }
    return new InputStreamReader(in, StandardCharsets.UTF_8);
  }
}
