package dev.remap.jobs.catalogue;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.file.ImagePath;
import dev.remap.jobs.catalogue.file.UnreadableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * An image that a web server has. Hadoop's own filesystem for these takes a query for part of a
 * name and knows no deadlines. There are three here: for the connection, for the answer's
 * beginning, and setting {@code image.read-timeout} for all of it, whose interrupt ends a read.
 *
 * @param uri with scheme {@code http} or {@code https}
 * @param maxBytes a longer image is not read to its end
 */
record HttpImage(String uri, long maxBytes) {
  private static final int MOST_REDIRECTS = 5;
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** Of those that say no for now; all others of the 4xx are about this one image. */
  private static final Set<Integer> BUSY = Set.of(407, 408, 425, 429);

  private static final String LEGAL = "-._~:/?#@!$&'()*+,;=%";

  /** Its threads are daemons, and it keeps no more connections than are in use at once. */
  private static final class Shared {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  static boolean isOne(String uri) {
    String start = uri.substring(0, Math.min(8, uri.length())).toLowerCase(Locale.ROOT);
    return start.startsWith("http://") || start.startsWith("https://");
  }

  byte[] read() throws IOException, ImageException {
    URI at = address();
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<byte[]> answer = answer(at);
      if (!REDIRECTS.contains(answer.statusCode())) {
        return bytes(answer);
      }
      at = next(at, answer);
    }
    throw new IOException("its server redirects more than " + MOST_REDIRECTS + " times");
  }

  /**
   * What the table says, with what a URI may not hold encoded, as browsers do.
   *
   * @throws UnreadableException if it is no address of an image
   */
  URI address() throws UnreadableException {
    try {
      URI address = new URI(new URI(encoded(uri)).toASCIIString());
      if (address.getHost() == null) {
        throw new UnreadableException("its URI has no host that can be understood");
      }
      if (ImagePath.stepsAside(address.getPath())) {
        throw new UnreadableException("its URI has . or .. as a step");
      }
      return address;
    } catch (URISyntaxException e) {
      throw new UnreadableException("its URI cannot be understood: " + e.getReason());
    }
  }

  private static String encoded(String uri) {
    int path = uri.indexOf('/', "https://".length());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      boolean isLegal =
          c > 127
              || Character.isLetterOrDigit(c)
              || (LEGAL.indexOf(c) >= 0 && !isLonePercent(uri, i))
              // Of an address of version 6.
              || ((c == '[' || c == ']') && i < path);
      text.append(isLegal ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return text.toString();
  }

  private static boolean isLonePercent(String uri, int i) {
    return uri.charAt(i) == '%'
        && (i + 2 >= uri.length()
            || Character.digit(uri.charAt(i + 1), 16) < 0
            || Character.digit(uri.charAt(i + 2), 16) < 0);
  }

  private HttpResponse<byte[]> answer(URI at) throws IOException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(at)
              .timeout(ANSWER)
              .header("User-Agent", "remap-index")
              .header("Accept", "image/*, */*;q=0.1")
              .build();
      // Waits for all of it, and so ends when it is interrupted, as a stream would not.
      return Shared.CLIENT.send(request, this::body);
    } catch (IllegalArgumentException e) {
      throw new UnreadableException("its URI cannot be asked for: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while its server was asked", e);
    }
  }

  private HttpResponse.BodySubscriber<byte[]> body(HttpResponse.ResponseInfo answer) {
    boolean isWanted = answer.statusCode() == 200 && announced(answer.headers()) <= maxBytes;
    return new LimitedBody(isWanted ? Math.min(maxBytes, Integer.MAX_VALUE - 9) : -1);
  }

  private static long announced(HttpHeaders headers) {
    try {
      return headers.firstValueAsLong("Content-Length").orElse(0);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private byte[] bytes(HttpResponse<byte[]> answer) throws IOException, ImageException {
    int status = answer.statusCode();
    if (status != 200) {
      String said = "its server answered with status " + status;
      boolean isAboutIt = status >= 400 && status < 500 && !BUSY.contains(status);
      throw isAboutIt ? new FileNotFoundException(said) : new IOException(said);
    }
    long announced = announced(answer.headers());
    if (Math.max(announced, answer.body().length) > maxBytes) {
      throw new ImageException(
          "the file has "
              + (announced > maxBytes ? announced : "more than " + maxBytes)
              + " bytes; image.max-bytes is "
              + maxBytes);
    }
    return answer.body();
  }

  /** Where it leads is not repeated: such addresses are often signed. */
  private static URI next(URI from, HttpResponse<byte[]> answer) throws IOException {
    String location =
        answer
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new IOException("its server redirects to nowhere"));
    try {
      URI to = from.resolve(new URI(encoded(location)));
      if (to.getHost() == null || !isOne(to.toString())) {
        throw new IOException("its server redirects to what is no address of a web server");
      }
      if (from.getScheme().equalsIgnoreCase("https") && !to.getScheme().equalsIgnoreCase("https")) {
        throw new IOException("its server redirects from https to http");
      }
      if (!isInside(from.getHost()) && isInside(to.getHost())) {
        throw new IOException("its server redirects into a private network");
      }
      return to;
    } catch (URISyntaxException e) {
      throw new IOException("its server redirects to what is no URI", e);
    }
  }

  /** A stranger's server must not have ours ask what only ours can reach. */
  static boolean isInside(String host) throws IOException {
    for (InetAddress address : InetAddress.getAllByName(host)) {
      byte[] bytes = address.getAddress();
      boolean isUniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
      if (isUniqueLocal
          || address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || address.isLinkLocalAddress()
          || address.isSiteLocalAddress()) {
        return true;
      }
    }
    return false;
  }
}
