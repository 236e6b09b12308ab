# The rules: by path, host, method, header, query and client, a redirect and a fixed response.
locals {
  forwards = {
    api1    = { priority = 100, target = "web-api1", paths = ["/api1", "/api1/*"] }
    v1      = { priority = 101, target = "web-api1", paths = ["/v1", "/v1/*"] }
    old     = { priority = 7, target = "web-api1", paths = ["/old/a", "/old/a/*"] }
    api2    = { priority = 102, target = "web-api2", paths = ["/api2", "/api2/*"] }
    shop    = { priority = 103, target = "shop-app", paths = ["/shop", "/shop/*"] }
    images  = { priority = 104, target = "web-api1", paths = ["/img/*.png"], hosts = ["www.example.com"], methods = ["GET", "HEAD"] }
    orders  = { priority = 107, target = "web-orders", paths = ["/shop.Orders", "/shop.Orders/*"] }
    events  = { priority = 108, target = "web-events", paths = ["/events", "/events/*"] }
    version = { priority = 105, target = "web-api1", headers = ["2*"], queries = ["1", "true"], sources = ["10.0.0.0/8"] }
  }
}

resource "aws_lb_listener_rule" "forward" {
  for_each     = local.forwards
  listener_arn = aws_lb_listener.https.arn
  priority     = each.value.priority

  dynamic "condition" {
    for_each = try([each.value.paths], [])
    content {
      path_pattern {
        values = condition.value
      }
    }
  }
  dynamic "condition" {
    for_each = try([each.value.hosts], [])
    content {
      host_header {
        values = condition.value
      }
    }
  }
  dynamic "condition" {
    for_each = try([each.value.methods], [])
    content {
      http_request_method {
        values = condition.value
      }
    }
  }
  dynamic "condition" {
    for_each = try([each.value.headers], [])
    content {
      http_header {
        http_header_name = "X-Version"
        values           = condition.value
      }
    }
  }
  dynamic "condition" {
    for_each = try([each.value.queries], [])
    content {
      dynamic "query_string" {
        for_each = condition.value
        content {
          key   = "debug"
          value = query_string.value
        }
      }
    }
  }
  dynamic "condition" {
    for_each = try([each.value.sources], [])
    content {
      source_ip {
        values = condition.value
      }
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.value.target].arn
  }
}

resource "aws_lb_listener_rule" "moved" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 106

  condition {
    path_pattern {
      values = ["/moved", "/moved/*"]
    }
  }

  action {
    type = "redirect"
    redirect {
      path        = "/api1/#{path}"
      status_code = "HTTP_302"
    }
  }
}

resource "aws_lb_listener_rule" "closed" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 8

  condition {
    path_pattern {
      values = ["/closed", "/closed/*"]
    }
  }
  condition {
    host_header {
      values = ["www.example.com"]
    }
  }

  action {
    type = "fixed-response"
    fixed_response {
      status_code  = "503"
      content_type = "text/plain"
      message_body = "Closed today."
    }
  }
}
